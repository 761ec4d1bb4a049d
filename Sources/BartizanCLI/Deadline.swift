import Synchronization

/// The bound of a whole run.
enum Deadline {
  /// How long a run that was told to stop may take to do so.
  private static let grace = Duration.seconds(2)

  /// Runs a command, and gives it up after a time: what waits for something that cannot be stopped does not keep the program.
  ///
  /// - Parameter timeout: nil for no bound.
  /// - Returns: the exit code; that of a failure where the time was over.
  static func run(_ timeout: Duration?, _ body: @escaping @Sendable () async -> Int32) async -> Int32 {
    guard let timeout else { return await body() }
    return await withCheckedContinuation { continuation in
      let end = End(continuation)
      let work = Task { end.take(await body()) }
      Task {
        try? await Task.sleep(for: timeout)
        guard end.isLate() else { return }
        StandardError.line("stopped: the time of --timeout is over; nothing is known of what was not read")
        work.cancel()
        try? await Task.sleep(for: grace)
        end.take(ExitStatus.internalFailure)
      }
    }
  }

  /// The one end of a run, whoever comes to it first.
  private final class End: Sendable {
    private struct State {
      var waiting: CheckedContinuation<Int32, Never>?
      var isLate = false
    }

    private let state: Mutex<State>

    init(_ waiting: CheckedContinuation<Int32, Never>) { state = Mutex(State(waiting: waiting)) }

    /// Says that the time is over.
    ///
    /// - Returns: false where the run has ended.
    func isLate() -> Bool {
      state.withLock { state in
        state.isLate = state.waiting != nil
        return state.isLate
      }
    }

    func take(_ status: Int32) {
      let (waiting, isLate) = state.withLock { state in
        defer { state.waiting = nil }
        return (state.waiting, state.isLate)
      }
      // What a run says that was stopped is not its answer.
      waiting?.resume(returning: isLate ? ExitStatus.internalFailure : status)
    }
  }
}
