import Foundation
import Testing

extension RepositoryRules {
    /// The commands that people and continuous integration share.
    @Suite("scripts")
    struct ScriptTests {
        private var scripts: [String] {
            Repository.files(below: ["deploy", ".ci"]) { path in
                Repository.text(of: path)?.hasPrefix("#!") == true
            }
        }

        @Test("are executable, and stop at the first failure")
        func strict() {
            #expect(scripts.contains("deploy/up") && scripts.contains("deploy/test"))
            for script in scripts {
                #expect(
                    FileManager.default.isExecutableFile(atPath: Repository.root.appending(path: script).path),
                    "\(script)")
                #expect(Repository.text(of: script)?.contains("set -euo pipefail") == true, "\(script)")
            }
        }

        @Test("and all other files hold no path of one machine and no address of a package registry")
        func noPaths() throws {
            // What git does not keep, as `.gitignore` says.
            let unkept = /^(\.git|\.build.*|\.casebook|\.swiftpm|\.venv|Package\.resolved)$/
            let names = try FileManager.default.contentsOfDirectory(atPath: Repository.root.path)
                .filter { !$0.contains(unkept) }
            let paths = names + Repository.files(below: names) { _ in true }
            #expect(Set(scripts + ["README.md", "Package.swift"]).isSubset(of: paths))
            let banned = /\/work\/|\/home\/\w+\/|\/opt\/|pypi\.org|registry\.[\w\-]+\.\w/
            for path in paths {
                #expect(Repository.text(of: path)?.contains(banned) != true, "\(path)")
            }
        }
    }
}
