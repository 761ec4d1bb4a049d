import Admission
import Bytes
import Ingest
import Operations
import Server
import Synchronization

/// Decisions of the admission webhook as events of the store (`bartizan.admission`).
///
/// They are written behind the answers: an API server never waits for a disk. What cannot be written in time is dropped, and
/// counted.
package final class DecisionLog: Sendable {
  /// Records that wait to be written.
  private static let most = 10_000
  /// Records that are written at a time.
  private static let batch = 1_000
  private static let retry = Duration.seconds(1)

  private struct State {
    var lines: [[UInt8]] = []
    var isRunning = false
    var isStopping = false
  }

  private let intake: Intake
  private let surroundings: Surroundings
  private let state = Mutex(State())

  init(_ intake: Intake, _ surroundings: Surroundings) {
    self.intake = intake
    self.surroundings = surroundings
  }

  /// - Parameters:
  ///   - profile: by whose policies it was decided.
  ///   - decision: allowed, denied or late.
  ///   - source: the address of who asked.
  func decided(
    _ answer: AdmissionWebhook.Answer, _ profile: String, _ phase: PolicyJudge.Phase, decision: String, source: String
  ) {
    guard let request = answer.request else { return }
    let line = record(answer, request, profile, phase, decision, source)
    let (isKept, begins) = state.withLock { state -> (Bool, Bool) in
      guard state.lines.count < Self.most else { return (false, false) }
      state.lines.append(line)
      defer { state.isRunning = true }
      return (true, !state.isRunning)
    }
    if !isKept { surroundings.metrics.add(Measures.decisionsDropped) }
    if begins { Task { await write() } }
  }

  private func record(
    _ answer: AdmissionWebhook.Answer, _ request: AdmissionRequest, _ profile: String, _ phase: PolicyJudge.Phase,
    _ decision: String, _ source: String
  ) -> [UInt8] {
    var writer = JSONWriter(pretty: false)
    writer.object { writer in
      writer.field("bartizan", "admission")
      writer.field("time", surroundings.now().text)
      writer.field("uid", request.uid)
      writer.field("profile", profile)
      writer.field("phase", phase == .mutation ? "mutate" : "validate")
      writer.field("decision", decision)
      writer.field("dryRun", request.isDryRun)
      writer.field("verb", request.operation.rawValue.lowercased())
      writer.field("user", request.user.name)
      writer.field("groups", request.user.groups)
      writer.field("apiGroup", request.resource.group)
      writer.field("resource", request.resource.resource)
      if !request.subresource.isEmpty { writer.field("subresource", request.subresource) }
      writer.field("kind", request.kind.kind)
      if !request.namespace.isEmpty { writer.field("namespace", request.namespace) }
      if !request.name.isEmpty { writer.field("name", request.name) }
      writer.field("source", source)
      // The last one is the name of the rule in tables: one that denies, where one does.
      let violations = answer.violations.filter { $0.action != .deny } + answer.violations.filter { $0.action == .deny }
      writer.field("policies", violations.map(\.policy))
      writer.field("notEvaluated", answer.notEvaluated)
      writer.field("exempt", answer.exempt)
      if !answer.images.isEmpty {
        func names(_ isWanted: (ImageGate.Decision) -> Bool) -> [String] {
          answer.images.filter(isWanted).map(\.name)
        }
        writer.field("images", names { _ in true })
        writer.field("imagesVerified", names { $0.isGood })
        writer.field("imagesNotVerified", names { !$0.isGood && $0.isKnown })
        writer.field("imagesNotKnown", names { !$0.isKnown })
        // Their signatures were good once.
        writer.field("imageDrift", names { $0.isDrift })
      }
      if !answer.message.isEmpty { writer.field("message", answer.message) }
    }
    writer.endLine()
    return writer.bytes
  }

  /// Writes what waits, until nothing does.
  private func write() async {
    while true {
      let lines = state.withLock { state -> [[UInt8]] in
        if state.lines.isEmpty { state.isRunning = false }
        return Array(state.lines.prefix(Self.batch))
      }
      if lines.isEmpty { return }
      do throws(Intake.Refusal) {
        _ = try await intake.take(Array(lines.joined()), ActivityLog.protocolName, from: "admission")
      } catch {
        let isStopping = state.withLock { $0.isStopping }
        if !isStopping, error == .busy || error == .failed {
          try? await Task.sleep(for: Self.retry)
          continue
        }
        surroundings.metrics.add(Measures.decisionsDropped, [], by: Double(lines.count))
      }
      state.withLock { $0.lines.removeFirst(lines.count) }
    }
  }

  /// Waits until what was decided is written, or cannot be.
  func stop() async {
    let isRunning = state.withLock { state in
      state.isStopping = true
      return state.isRunning
    }
    guard isRunning else { return }
    while state.withLock({ $0.isRunning }) { try? await Task.sleep(for: .milliseconds(20)) }
  }
}
