import Configuration
import ServiceKit

/// The process `identity`: `serve`, `migrate` or `routes`.
@main
enum App {
    static func main() async {
        await ServiceProcess<IdentityDefinition>.main(
            CommandLine.arguments, environment: ConfigReader(provider: EnvironmentVariablesProvider()))
    }
}
