// For k6: half of the rate that a service reaches, then three times it, then half of it again, each request sent at its
// time however long the answers before it take. Writes one line: how many a second were asked for, good, refused as
// problems that say when to come back, anything else (in all), and not sent since all senders wait; the refusals' 99th
// percentile in ms; and after how many seconds of the last part it was as in the first.
import http from "k6/http";
import exec from "k6/execution";
import { Counter, Trend } from "k6/metrics";

const peak = Number(__ENV.BENCH_PEAK);
const seconds = Number(__ENV.BENCH_SECONDS);
const [before, after] = [5, 10];

const quiet = new Trend("quiet", true);
const refusal = new Trend("refusal", true);
const good = new Counter("good");
const other = new Counter("other");
const late = Array.from({ length: after + 1 }, (_, second) => new Trend(`late_${second}`, true));
const refusedLate = Array.from({ length: after + 1 }, (_, second) => new Counter(`refused_late_${second}`));

function arriving(name, rate, start, duration) {
    return {
        executor: "constant-arrival-rate", exec: name, rate: Math.max(1, Math.round(rate)), timeUnit: "1s",
        startTime: `${start}s`, duration: `${duration}s`, preAllocatedVUs: name === "over" ? 1000 : 100,
        maxVUs: name === "over" ? 2000 : 1000, gracefulStop: "20s",
    };
}

export const options = {
    discardResponseBodies: true,
    systemTags: ["status"],
    summaryTrendStats: ["med", "p(99)", "count"],
    scenarios: {
        calm: arriving("calm", peak / 2, 0, before),
        over: arriving("over", peak * 3, before, seconds),
        calmAgain: arriving("calmAgain", peak / 2, before + seconds, after),
    },
};

function ask() {
    return http.get(__ENV.BENCH_URL, { headers: { Authorization: `Bearer ${__ENV.BENCH_BEARER}` }, timeout: "20s" });
}

function isRefusal(answer) {
    return (answer.status === 503 || answer.status === 429) && "Retry-After" in answer.headers &&
        answer.headers["Content-Type"] === "application/problem+json";
}

export function calm() {
    quiet.add(ask().timings.duration);
}

export function over() {
    const answer = ask();
    if (answer.status === 200) good.add(1);
    else if (isRefusal(answer)) refusal.add(answer.timings.duration);
    else other.add(1);
}

export function calmAgain() {
    const second = Math.min(after, Math.floor((Date.now() - exec.scenario.startTime) / 1000));
    const answer = ask();
    late[second].add(answer.timings.duration);
    if (answer.status !== 200) refusedLate[second].add(1);
}

export function handleSummary(data) {
    const value = (name, of) => data.metrics[name]?.values?.[of] ?? 0;
    // A second is as before when nobody is refused and its median is at most three times the quiet one.
    let back = 0;
    for (let second = 0; second < after; second += 1) {
        if (value(`refused_late_${second}`, "count") || value(`late_${second}`, "med") > 3 * value("quiet", "med")) {
            back = second + 1;
        }
    }
    const figures = [
        peak * 3, value("good", "count") / seconds, value("refusal", "count") / seconds, value("other", "count"),
        value("dropped_iterations", "count") / seconds, value("refusal", "p(99)"), back,
    ];
    return { [__ENV.BENCH_OUTPUT]: `${figures.map((figure) => figure.toFixed(1)).join(" ")}\n` };
}
