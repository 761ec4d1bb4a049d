import Synchronization

/// What came so far, in its order; a test waits for what it wants to see.
final class Observed<Element: Sendable>: Sendable {
  private struct State {
    var items: [Element] = []
    var waiting: [(isDone: @Sendable ([Element]) -> Bool, continuation: CheckedContinuation<[Element], Never>)] = []
  }

  private let state = Mutex(State())

  var all: [Element] { state.withLock { $0.items } }

  func add(_ items: some Sequence<Element>) {
    let found = state.withLock { state in
      state.items += items
      let items = state.items
      let done = state.waiting.filter { $0.isDone(items) }
      state.waiting.removeAll { $0.isDone(items) }
      return (done, items)
    }
    for waiting in found.0 { waiting.continuation.resume(returning: found.1) }
  }

  func add(_ item: Element) { add(CollectionOfOne(item)) }

  /// Waits until what came is enough.
  @discardableResult
  func wait(until isDone: @escaping @Sendable ([Element]) -> Bool) async -> [Element] {
    await withCheckedContinuation { continuation in
      let items: [Element]? = state.withLock { state in
        if isDone(state.items) { return state.items }
        state.waiting.append((isDone, continuation))
        return nil
      }
      if let items { continuation.resume(returning: items) }
    }
  }
}

extension Observed where Element: Equatable {
  func wait(for item: Element) async { _ = await wait { $0.contains(item) } }
}
