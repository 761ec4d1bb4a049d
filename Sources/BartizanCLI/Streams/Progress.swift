import Operations
import Synchronization

/// A progress line on standard error, shown on a terminal only, and not within the first second.
final class Progress: Sendable {
  private let enabled = StandardError.isTerminal
  private let start = ContinuousClock.now
  private let shown = Mutex(false)

  /// The same as a handler for operations.
  var handler: ProgressHandler { { [self] in update($0, $1, $2) } }

  func update(_ activity: Activity, _ done: Int, _ total: Int) {
    guard enabled, ContinuousClock.now - start > .seconds(1) else { return }
    shown.withLock { $0 = true }
    StandardError.raw("\r\u{1B}[K\(Self.label(activity)) \(done) of \(total)")
  }

  /// Erases the line.
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
    case .verifyingImages: "signatures of image"
    case .askingRegistries: "name"
    case .readingAdvisories: "archive"
    }
  }
}
