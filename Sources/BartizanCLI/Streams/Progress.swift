import Operations
import Synchronization

/// A line on standard error that says how far a long piece of work is; silent for the first second and off a terminal.
final class Progress: Sendable {
  private let enabled = StandardError.isTerminal
  private let start = ContinuousClock.now
  private let shown = Mutex(false)

  /// For operations.
  var handler: ProgressHandler { { [self] in update($0, $1, $2) } }

  func update(_ activity: Activity, _ done: Int, _ total: Int) {
    guard enabled, ContinuousClock.now - start > .seconds(1) else { return }
    shown.withLock { $0 = true }
    StandardError.raw("\r\u{1B}[K\(Self.label(activity)) \(done) of \(total)")
  }

  /// Takes the line away.
  func finish() {
    let wasShown = shown.withLock { shown in
      defer { shown = false }
      return shown
    }
    if wasShown { StandardError.raw("\r\u{1B}[K") }
  }

  private static func label(_ activity: Activity) -> String {
    switch activity {
    case .readingInput: "reading"
    case .readingLayers: "layer"
    case .readingImages: "image"
    case .askingRegistries: "name"
    case .readingAdvisories: "archive"
    }
  }
}
