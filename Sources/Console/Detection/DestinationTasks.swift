import Bytes
import Forward
import Server
import Synchronization

/// A task for each destination, so that one which is dead, slow or lying holds up no other.
final class DestinationTasks: Sendable {
  private let tasks = Mutex<[Task<Void, Never>]>([])

  /// - Parameter serve: ends when its task is cancelled.
  func start(_ destinations: [Destination], _ serve: @escaping @Sendable (Destination) async -> Void) {
    tasks.withLock { tasks in tasks = destinations.map { destination in Task { await serve(destination) } } }
  }

  /// Cancels them, and waits until they have ended.
  func stop() async {
    let running = tasks.withLock { tasks in
      for task in tasks { task.cancel() }
      return tasks
    }
    for task in running { await task.value }
  }
}

extension Delivery {
  /// Delays between a server's tries double from the first to the last, in seconds.
  private static let firstRest = 2.0
  private static let longestRest = 300.0

  /// How long a server leaves a destination alone, in seconds: of what doubles with each try, from half to all, so that what
  /// failed together does not come together again.
  ///
  /// - Parameter tries: that failed before the last one.
  static func rest(after tries: Int) -> Double {
    let whole = min(firstRest * Double(1 << min(max(0, tries), 16)), longestRest)
    return Double.random(in: whole / 2...whole)
  }

  /// How a server sends: what is not taken after a few tries is due again later.
  static func ofServer(
    _ environment: @escaping @Sendable (String) -> String?, _ surroundings: Surroundings
  ) -> Delivery {
    var delivery = Delivery(environment: environment, now: { surroundings.now().seconds })
    delivery.tries = 3
    delivery.deadline = .seconds(60)
    delivery.longestWait = .seconds(5)
    return delivery
  }
}
