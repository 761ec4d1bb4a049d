import Synchronization

/// A line on standard error that says how far a long piece of work is; silent for the first second and off a terminal.
final class Progress: Sendable {
  private let label: String
  private let enabled: Bool
  private let start = ContinuousClock.now
  private let shown = Mutex(false)

  init(_ label: String) {
    self.label = label
    enabled = StandardError.isTerminal
  }

  func update(_ done: Int, _ total: Int) {
    guard enabled, ContinuousClock.now - start > .seconds(1) else { return }
    shown.withLock { $0 = true }
    StandardError.raw("\r\u{1B}[K\(label) \(done) of \(total)")
  }

  func finish() {
    if shown.withLock({ $0 }) { StandardError.raw("\r\u{1B}[K") }
  }
}
