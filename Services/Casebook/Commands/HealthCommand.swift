import ArgumentParser

/// Asks one process whether it can serve: the health check of containers, which have no other client of HTTP.
struct HealthCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "health", abstract: "Asks a process whether it can serve; the exit status is 1 when it cannot.")

    @Argument(help: "Its address, such as http://127.0.0.1:8080.")
    var address: String

    func run() async throws {
        guard let obstacle = await Readiness.obstacle(at: address) else {
            Console.standard.say("ready")
            return
        }
        Console.standard.say(obstacle)
        throw ExitCode.failure
    }
}
