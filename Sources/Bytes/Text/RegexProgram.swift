/// A regular expression as an automaton, and its simulation.
struct RegexProgram: Sendable {
  private enum Step: Sendable {
    case scalar(UInt32)
    case set(Int)
    /// The first is preferred.
    case split(Int, Int)
    case jump(Int)
    case assertion(RegexAssertion)
    case match
  }

  private var steps: [Step] = []
  private var sets: [RegexSet] = []
  /// Parts of the expression that were gone through, repetitions counted.
  private var emitted = 0
  /// Steps an expression may have: repetition counts multiply.
  private static let most = 10_000

  var count: Int { steps.count }

  init(_ tree: RegexTree) throws(LinearRegex.Invalid) {
    try emit(tree)
    steps.append(.match)
  }

  private mutating func emit(_ tree: RegexTree) throws(LinearRegex.Invalid) {
    emitted += 1
    // What makes no step of its own is counted, too: a thousand times a thousand times nothing takes its time.
    guard steps.count < Self.most, emitted < 10 * Self.most else {
      throw LinearRegex.Invalid(message: "expression too large")
    }
    switch tree {
    case .empty: break
    case .scalar(let value, let foldsCase):
      if foldsCase, !RegexCase.others(value).isEmpty {
        var set = RegexSet(value...value)
        set.foldsCase = true
        emit(set)
      } else {
        steps.append(.scalar(value))
      }
    case .set(let set): emit(set)
    case .assertion(let assertion): steps.append(.assertion(assertion))
    case .sequence(let items): for item in items { try emit(item) }
    case .choice(let items):
      var jumps: [Int] = []
      for (index, item) in items.enumerated() {
        if index == items.count - 1 {
          try emit(item)
        } else {
          let split = steps.count
          steps.append(.match)
          try emit(item)
          jumps.append(steps.count)
          steps.append(.match)
          steps[split] = .split(split + 1, steps.count)
        }
      }
      for jump in jumps { steps[jump] = .jump(steps.count) }
    case .loop(let item, let least, let most, let isGreedy):
      for _ in 0..<least { try emit(item) }
      func split(_ inside: Int, _ behind: Int) -> Step { isGreedy ? .split(inside, behind) : .split(behind, inside) }
      if let most {
        var splits: [Int] = []
        for _ in least..<max(least, most) {
          splits.append(steps.count)
          steps.append(.match)
          try emit(item)
        }
        for place in splits { steps[place] = split(place + 1, steps.count) }
      } else {
        let place = steps.count
        steps.append(.match)
        try emit(item)
        steps.append(.jump(place))
        steps[place] = split(place + 1, steps.count)
      }
    }
  }

  private mutating func emit(_ set: RegexSet) {
    steps.append(.set(sets.count))
    sets.append(set)
  }

  /// States in the order of preference, each with where its match began.
  private struct States {
    var list: [(state: Int, start: Int)] = []
    var marks: [UInt32]
    var generation: UInt32 = 0

    init(_ count: Int) { marks = [UInt32](repeating: 0, count: count) }

    mutating func clear() {
      list.removeAll(keepingCapacity: true)
      generation += 1
    }
  }

  /// The match that is preferred; nil if there is none.
  ///
  /// - Parameter anyMatch: whether it is enough to know that there is one: its end then is the first possible one.
  func search(
    _ text: UnsafeBufferPointer<UInt32>, from first: Int, anchoredStart: Bool, anchoredEnd: Bool, anyMatch: Bool = false
  ) -> Range<Int>? {
    var end = first
    return search(
      text, from: first, anchoredStart: anchoredStart, anchoredEnd: anchoredEnd, anyMatch: anyMatch, end: &end)
  }

  /// - Parameter end: set to where the search ended, which may be behind the match.
  func search(
    _ text: UnsafeBufferPointer<UInt32>, from first: Int, anchoredStart: Bool, anchoredEnd: Bool, anyMatch: Bool,
    end: inout Int
  ) -> Range<Int>? {
    var position = first
    defer { end = position }
    var current = States(steps.count)
    var next = States(steps.count)
    current.clear()
    var stack: [Int] = []
    var found: Range<Int>?
    while true {
      if found == nil, !anchoredStart || position == first {
        add(0, position, &current, text, position, &stack)
      }
      if current.list.isEmpty, found != nil || anchoredStart { break }
      next.clear()
      let value: UInt32? = position < text.count ? text[position] : nil
      step: for (state, start) in current.list {
        switch steps[state] {
        case .scalar(let wanted):
          if value == wanted { add(state + 1, start, &next, text, position + 1, &stack) }
        case .set(let index):
          if let value, sets[index].contains(value) { add(state + 1, start, &next, text, position + 1, &stack) }
        case .match:
          if !anchoredEnd || position == text.count {
            found = start..<position
            if anyMatch { return found }
            // What is preferred less cannot win any more.
            break step
          }
        default: break
        }
      }
      guard position < text.count else { break }
      swap(&current, &next)
      position += 1
    }
    return found
  }

  private func add(
    _ first: Int, _ start: Int, _ states: inout States, _ text: UnsafeBufferPointer<UInt32>, _ position: Int,
    _ stack: inout [Int]
  ) {
    stack.append(first)
    while let state = stack.popLast() {
      if states.marks[state] == states.generation { continue }
      states.marks[state] = states.generation
      switch steps[state] {
      case .scalar, .set, .match: states.list.append((state, start))
      case .split(let a, let b):
        stack.append(b)
        stack.append(a)
      case .jump(let target): stack.append(target)
      case .assertion(let assertion): if holds(assertion, text, position) { stack.append(state + 1) }
      }
    }
  }

  private func holds(_ assertion: RegexAssertion, _ text: UnsafeBufferPointer<UInt32>, _ position: Int) -> Bool {
    func isWord(_ index: Int) -> Bool {
      guard index >= 0, index < text.count else { return false }
      let value = text[index]
      return value &- 0x30 < 10 || (value | 0x20) &- 0x61 < 26 && value < 128 || value == 0x5F
    }
    switch assertion {
    case .textStart: return position == 0
    case .textEnd: return position == text.count
    case .lineStart: return position == 0 || text[position - 1] == 10
    case .lineEnd: return position == text.count || text[position] == 10
    case .wordBoundary: return isWord(position - 1) != isWord(position)
    case .notWordBoundary: return isWord(position - 1) == isWord(position)
    }
  }
}
