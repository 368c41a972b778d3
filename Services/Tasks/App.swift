import Configuration
import ServiceKit

/// The process `tasks`: `serve`, `migrate` or `routes`.
@main
enum App {
    static func main() async {
        await ServiceProcess<TasksDefinition>.main(
            CommandLine.arguments, environment: ConfigReader(provider: EnvironmentVariablesProvider()))
    }
}
