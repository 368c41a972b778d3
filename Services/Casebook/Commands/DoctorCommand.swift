import ArgumentParser

/// Says what is wrong with an installation and how to mend it.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Says what is wrong and how to mend it.",
        discussion: "Changes nothing. The exit status is 1 when something does not work.")

    func run() async throws {
        let installation = try Installation(settings: App.settings)
        let isRunning = FolderLock.isHeld(in: installation.folder)
        var findings = MachineChecks(installation: installation).findings(isRunning: isRunning)
        if isRunning {
            findings += await ServiceChecks(known: try KnownInstallation()).findings()
        } else {
            if installation.settings.databaseURL != nil, let known = try? KnownInstallation() {
                findings += await ServiceChecks(known: known).databaseFindings()
            }
            findings.append(
                .warning("Casebook does not run from this folder.", remedy: "Start it: deploy/up or casebook up."))
        }
        for finding in findings { Console.standard.say(finding.text) }
        let failures = findings.count(where: \.isFailure)
        guard failures == 0 else {
            Console.standard.say("\(failures) of \(findings.count) checks failed.")
            throw ExitCode.failure
        }
    }
}
