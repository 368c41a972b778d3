import Configuration
import ServiceKit

/// The process `customers`: `serve`, `migrate` or `routes`.
@main
enum App {
    static func main() async {
        await ServiceProcess<CustomersDefinition>.main(
            CommandLine.arguments, environment: ConfigReader(provider: EnvironmentVariablesProvider()))
    }
}
