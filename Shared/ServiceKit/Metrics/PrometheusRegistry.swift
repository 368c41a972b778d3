package import CoreMetrics
import Synchronization

/// Keeps the figures that a process counts and writes them as Prometheus text (exposition format 0.0.4).
///
/// Behind swift-metrics, so that a library can take its place.
package final class PrometheusRegistry: MetricsFactory, Sendable {
    /// The most series; past it new ones are counted nowhere, so that labels cannot fill the memory.
    package static let seriesLimit = 5_000

    private struct Key: Hashable {
        let name: String
        let labels: String
    }

    private let series = Mutex<[Key: any PrometheusSeries]>([:])
    private let samplers = Mutex<[@Sendable () -> Void]>([])

    /// Makes an empty registry.
    package init() {}

    private func make<Series: PrometheusSeries>(
        _ label: String, _ dimensions: [(String, String)], _ new: () -> Series
    ) -> Series {
        let key = Key(name: Self.name(label), labels: Self.labels(dimensions))
        return series.withLock { series in
            if let known = series[key] as? Series { return known }
            let made = new()
            if series.count < Self.seriesLimit { series[key] = made }
            return made
        }
    }

    /// A number that only grows.
    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        make(label, dimensions) { PrometheusNumber(kind: "counter") }
    }

    /// A number that only grows, by fractions too.
    package func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        make(label, dimensions) { PrometheusNumber(kind: "counter") }
    }

    /// A number that goes up and down.
    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        make(label, dimensions) { PrometheusNumber(kind: "gauge") }
    }

    /// A distribution of sizes, or the last value where it is no aggregate.
    package func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        if aggregate {
            make(label, dimensions) { PrometheusHistogram(bounds: PrometheusHistogram.sizes) }
        } else {
            make(label, dimensions) { PrometheusNumber(kind: "gauge") }
        }
    }

    /// A distribution of times, in seconds.
    package func makeTimer(label: String, dimensions: [(String, String)]) -> any CoreMetrics.TimerHandler {
        make(label, dimensions) { PrometheusHistogram(bounds: PrometheusHistogram.seconds) }
    }

    /// Series stay: a scrape between two uses must not see a counter fall.
    package func destroyCounter(_ handler: any CounterHandler) {}
    /// Stays, as above.
    package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    /// Stays, as above.
    package func destroyMeter(_ handler: any MeterHandler) {}
    /// Stays, as above.
    package func destroyRecorder(_ handler: any RecorderHandler) {}
    /// Stays, as above.
    package func destroyTimer(_ handler: any CoreMetrics.TimerHandler) {}

    /// Adds what is called before each exposition, to set gauges of what is only counted then.
    package func beforeExposition(_ sample: @escaping @Sendable () -> Void) {
        samplers.withLock { $0.append(sample) }
    }

    /// All series as text, by name.
    package func exposition() -> String {
        for sample in samplers.withLock({ $0 }) { sample() }
        let all = series.withLock { $0 }
        var text = ""
        for (name, members) in Dictionary(grouping: all, by: \.key.name).sorted(by: { $0.key < $1.key }) {
            guard let kind = members.first?.value.kind else { continue }
            text += "# TYPE \(name) \(kind)\n"
            for (key, series) in members.sorted(by: { $0.key.labels < $1.key.labels }) {
                series.write(name: name, labels: key.labels, to: &text)
            }
        }
        return text
    }

    private static func name(_ label: String) -> String {
        String(label.map { $0.isASCII && ($0.isLetter || $0.isNumber) || $0 == "_" || $0 == ":" ? $0 : "_" })
    }

    private static func labels(_ dimensions: [(String, String)]) -> String {
        dimensions.sorted { $0.0 < $1.0 }.map { name, value in
            let escaped = value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
            return "\(Self.name(name))=\"\(escaped)\""
        }.joined(separator: ",")
    }
}
