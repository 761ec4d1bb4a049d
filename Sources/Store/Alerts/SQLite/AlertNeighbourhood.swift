import Detect
import Synchronization

/// What is known of the alerts around those that come, so that they are not read from the file again for every one. It is
/// read anew where another connection has changed the file, where alerts of another time come, and where it has grown large.
final class AlertNeighbourhood: Sendable {
  struct State {
    var joiner: IncidentJoiner
    /// All kept alerts that touch this span of time are known, in nanoseconds since 1970.
    let from: Int64
    let until: Int64
    /// Of the file, see `AlertTables.version`.
    let version: Int64
  }

  private let state = Mutex<State?>(nil)

  /// So many alerts are read at most; the latest, where there are more.
  static let mostRead = 10_000
  /// A kilobyte each.
  private static let most = 30_000

  /// Takes out what is known, so that nothing is known where the work on it fails.
  ///
  /// - Returns: nil where it does not hold, or not for alerts between two moments.
  func take(_ first: Int64, _ last: Int64, version: Int64) -> State? {
    let known = state.withLock { state in
      defer { state = nil }
      return state
    }
    guard let known, known.version == version, known.joiner.count < Self.most,
      known.from <= Self.before(first), known.until >= Self.after(last)
    else { return nil }
    return known
  }

  func put(_ known: State) { state.withLock { $0 = known } }

  func forget() { state.withLock { $0 = nil } }

  /// Before which an alert is not joined with one that begins at a moment.
  static func before(_ moment: Int64) -> Int64 {
    let (moment, isOver) = moment.subtractingReportingOverflow(Incidents.window)
    return isOver ? .min : moment
  }

  /// After which an alert is not joined with one that ends at a moment.
  static func after(_ moment: Int64) -> Int64 {
    let (moment, isOver) = moment.addingReportingOverflow(Incidents.window)
    return isOver ? .max : moment
  }
}
