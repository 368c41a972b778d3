import Configuration
import ServiceKit

/// The one public door of the suite.
@main
enum App {
    static func main() async {
        let environment = ConfigReader(provider: EnvironmentVariablesProvider())
        await ServiceProcess<GatewayService>.main(CommandLine.arguments, environment: environment)
    }
}
