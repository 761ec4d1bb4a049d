import Bytes
import Foundation
import Kube
import Reach

// Times the parts of the network engine on one snapshot, in one process. Usage: Reachability FILE [POLICY]

guard CommandLine.arguments.count > 1 else {
  print("usage: Reachability FILE [POLICY]")
  exit(2)
}

func seconds(_ body: () throws -> Void) rethrows -> Double {
  let start = ContinuousClock.now
  try body()
  let span = start.duration(to: .now)
  return Double(span.components.seconds) + Double(span.components.attoseconds) / 1e18
}

func row(_ what: String, _ time: Double) {
  let text =
    time >= 0.1
    ? String(format: "%.2f s", time)
    : time >= 1e-3 ? String(format: "%.1f ms", time * 1e3) : String(format: "%.1f µs", time * 1e6)
  print("| \(what) | \(text) |")
}

func snapshot(_ path: String) throws -> ClusterSnapshot {
  var builder = ClusterSnapshot.Builder()
  ManifestReader.read(
    [UInt8](try Data(contentsOf: URL(filePath: path))), file: path, into: &builder, limits: Limits())
  return builder.build()
}

let start = ContinuousClock.now
let cluster = try snapshot(CommandLine.arguments[1])
let read = start.duration(to: .now)
print("| what | time |\n|---|---:|")
row("reading", Double(read.components.seconds) + Double(read.components.attoseconds) / 1e18)

var built: ReachModel?
row("compiling the policies", seconds { built = ReachModel(cluster) })
guard let model = built else { exit(1) }

var summary: ConnectivitySummary?
row("all pairs with exact ports", seconds { summary = ConnectivitySummary(model) })

let count = model.cluster.endpoints.count
let questions = (0..<20_000).map { index in
  (EndpointID((index &* 7_919) % count), EndpointID((index &* 104_729 &+ 13) % count))
}
var allowed = 0
row(
  "one pair (of 20,000 drawn)",
  seconds {
    for (from, to) in questions where model.isAllowed(from, to, .tcp, 8080) { allowed += 1 }
  } / Double(questions.count))
var explained = 0
row(
  "one pair, explained",
  seconds {
    for (from, to) in questions.prefix(2_000) {
      explained += model.answer(.endpoint(from), .endpoint(to), .tcp, 8080).trace.count
    }
  } / 2_000)

// The widest pods reach most in one step.
let radii = BlastRadius.Search(model)
let widest = radii.widest(20)
row("blast radius of the twenty widest workloads", seconds { for name in widest { _ = radii.radius(of: name) } })

if CommandLine.arguments.count > 2 {
  let policy = try snapshot(CommandLine.arguments[2])
  let change = PolicyChange(model)
  for object in policy.objects {
    var found: Int?
    let time = seconds { found = change.apply(object)?.count }
    row("\(object.name) applied: \(found.map { "\($0) connections changed" } ?? "read again")", time)
  }
}
print(
  "\n\(summary?.pods ?? 0) pods in \(summary?.podClasses ?? 0) classes, \(summary?.pairs ?? 0) pairs, \(allowed) of \(questions.count) drawn questions allowed"
)
