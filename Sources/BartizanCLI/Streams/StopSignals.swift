import Dispatch
import Glibc

/// Signals of the terminal and of whoever runs this program, as they come.
final class StopSignals {
  enum Event: Sendable {
    /// SIGINT or SIGTERM.
    case stop
    /// SIGHUP: read everything anew.
    case reload
  }

  let events: AsyncStream<Event>
  private let continuation: AsyncStream<Event>.Continuation
  private let sources: [any DispatchSourceSignal]

  /// From now on the signals do not end the process.
  init() {
    let (events, continuation) = AsyncStream.makeStream(of: Event.self, bufferingPolicy: .bufferingNewest(8))
    self.events = events
    self.continuation = continuation
    let queue = DispatchQueue(label: "signals")
    sources = [(SIGINT, Event.stop), (SIGTERM, .stop), (SIGHUP, .reload)].map { number, event in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler { continuation.yield(event) }
      source.resume()
      return source
    }
  }

  /// The signals end the process again.
  func cancel() {
    for source in sources { source.cancel() }
    for number in [SIGINT, SIGTERM, SIGHUP] { signal(number, SIG_DFL) }
    continuation.finish()
  }
}
