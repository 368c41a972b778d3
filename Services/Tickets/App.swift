import Configuration
import ServiceKit

/// The process `tickets`: `serve`, `migrate` or `routes`.
@main
enum App {
    static func main() async {
        await ServiceProcess<TicketsDefinition>.main(
            CommandLine.arguments, environment: ConfigReader(provider: EnvironmentVariablesProvider()))
    }
}
