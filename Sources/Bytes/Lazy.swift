import Synchronization

/// A value that is made once, by whoever asks first; others wait for it.
///
/// The closure must not ask for the value that it makes.
package final class Lazy<Value: Sendable>: Sendable {
  private enum State {
    case recipe(@Sendable () -> Value)
    case made(Value)
  }

  private let state: Mutex<State>

  package init(_ make: @escaping @Sendable () -> Value) { state = Mutex(.recipe(make)) }

  package var value: Value {
    state.withLock { state in
      switch state {
      case .made(let value): return value
      case .recipe(let make):
        let value = make()
        state = .made(value)
        return value
      }
    }
  }
}
