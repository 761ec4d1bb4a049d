/// Runs the same work on many items, a limited number at a time.
package enum Parallel {
  /// Results by position, regardless of which task ends first.
  ///
  /// - Parameters:
  ///   - order: all positions, in the order in which their tasks start.
  ///   - width: number of concurrent tasks.
  ///   - progress: called with the number of finished tasks and of all.
  package static func map<Result: Sendable>(
    _ order: [Int], width: Int, progress: @escaping @Sendable (Int, Int) -> Void = { _, _ in },
    _ work: @escaping @Sendable (Int) async -> Result
  ) async -> [Result] {
    var results = [Result?](repeating: nil, count: order.count)
    await withTaskGroup(of: (Int, Result).self) { group in
      var rest = order[...]
      var done = 0
      func add() {
        guard let index = rest.popFirst() else { return }
        group.addTask { (index, await work(index)) }
      }
      for _ in 0..<max(1, width) { add() }
      for await (index, result) in group {
        results[index] = result
        done += 1
        progress(done, order.count)
        add()
      }
    }
    return results.compactMap { $0 }
  }
}
