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

        @Test("hold no path of one machine and no address of a package registry")
        func noPaths() {
            let banned = /\/work\/|\/home\/\w|\/opt\/|pypi\.org|registry\./
            for path in scripts + ["README.md", "Package.swift"] {
                #expect(Repository.text(of: path)?.contains(banned) == false, "\(path)")
            }
        }
    }
}
