import Bytes
package import Events

/// Thousands of rules compiled together: for an event, the rules that match it.
///
/// Equal tests of equal fields are one. All text tests of a field stand in one `PatternIndex`, and each rule is
/// evaluated only where a test is true that it cannot match without, the rarest of those that it has. Rules without
/// such a test are evaluated on every event of their log source.
package struct RuleMatcher: Sendable {
  private struct Node: Sendable {
    enum Kind: UInt8, Sendable { case yes, no, atom, not, all, any }
    var kind: Kind
    var atom: Int32
    /// After the last node below.
    var end: Int32
  }

  /// A test that is made on demand.
  private struct Demand: Sendable {
    var slot: Int32
    var test: FieldTest
    /// The other field of a comparison of two.
    var other: Int32
    var expression: LinearRegex?
  }

  package let count: Int
  package let sources: [LogSource]
  /// Fields that rules test, and those that are watched.
  private let reader: FieldReader
  /// Fields of events that matched.
  private let detailReader: FieldReader
  private let nodes: [Node]
  private let roots: [Int32]
  private let indexes: [PatternIndex?]
  /// For each field, the test of each entry of its index.
  private let atoms: [[Int32]]
  private let demands: [Demand?]
  /// For each test, the rules that it makes worth evaluating.
  private let triggers: [[Int32]]
  private let untriggered: [Int32]
  /// Fields that tell what kind of event a Windows event is.
  private let channel: Int
  private let code: Int
  private let watched: [Int]
  /// Of fields that have one name.
  private let slots: [String: Int]

  /// - Parameters:
  ///   - rules: conditions with their log sources.
  ///   - watched: further fields to read with each event; `slot(ofWatched:)` tells where they are in `MatchState.frame`.
  ///   - details: fields that are read where `readDetails` is asked to, into `MatchState.details` at the same places.
  package init(
    _ rules: [(tree: MatchTree, source: LogSource)], watched: [FieldNames] = [], details: [FieldNames] = []
  ) {
    var compiler = Compiler()
    var roots: [Int32] = []
    var triggers: [[Int32]] = []
    var untriggered: [Int32] = []
    for (rule, (tree, _)) in rules.enumerated() {
      let simple = tree.simplified
      roots.append(Int32(compiler.nodes.count))
      compiler.emit(simple)
      if let found = compiler.trigger(simple) {
        for atom in Set(found.atoms) {
          while triggers.count <= Int(atom) { triggers.append([]) }
          triggers[Int(atom)].append(Int32(rule))
        }
      } else {
        untriggered.append(Int32(rule))
      }
    }
    while triggers.count < compiler.tests.count { triggers.append([]) }
    channel = compiler.slot(FieldNames(["winlog.channel"]))
    code = compiler.slot(FieldNames(["winlog.event_id"]))
    self.watched = watched.map { compiler.slot($0) }
    slots = Dictionary(
      compiler.slots.filter { $0.key.groups.count == 1 && $0.key.groups[0].count == 1 }.map { ($0.key.name, $0.value) }
    ) { first, _ in first }
    reader = FieldReader(compiler.names.map(\.groups))
    detailReader = FieldReader(details.map(\.groups))
    nodes = compiler.nodes
    self.roots = roots
    self.triggers = triggers
    self.untriggered = untriggered
    count = rules.count
    sources = rules.map(\.source)

    var entries = [[PatternIndex.Entry]](repeating: [], count: compiler.names.count)
    var atoms = [[Int32]](repeating: [], count: compiler.names.count)
    var demands: [Demand?] = []
    for (atom, (slot, test)) in compiler.tests.enumerated() {
      switch test {
      case .pattern(let pattern):
        entries[slot].append(.pattern(pattern))
        atoms[slot].append(Int32(atom))
        demands.append(nil)
      case .expression(let source):
        // Expressions were compiled once when the rule was read.
        guard let expression = compiler.expression(source) else {
          demands.append(nil)
          continue
        }
        // What makes no rule worth a look is tried only where one asks for it.
        if triggers[atom].isEmpty {
          demands.append(Demand(slot: Int32(slot), test: test, other: 0, expression: expression))
        } else {
          entries[slot].append(.expression(expression))
          atoms[slot].append(Int32(atom))
          demands.append(nil)
        }
      case .field(let name, _, _):
        let other = compiler.slots[FieldNames([name])] ?? slot
        demands.append(Demand(slot: Int32(slot), test: test, other: Int32(other)))
      default: demands.append(Demand(slot: Int32(slot), test: test, other: 0))
      }
    }
    indexes = entries.map { $0.isEmpty ? nil : PatternIndex($0) }
    self.atoms = atoms
    self.demands = demands
  }

  /// The place of a field in a frame; nil where no rule tests it.
  package func slot(_ field: String) -> Int? { slots[field] }

  /// The place in a frame of a field that is watched.
  package func slot(ofWatched index: Int) -> Int { watched[index] }

  /// Reads the details of an event: most events match nothing, and need none.
  package func readDetails(_ event: Event, _ state: inout MatchState) {
    detailReader.read(event, into: &state.details)
  }

  // MARK: Compiling

  private struct Compiler {
    struct Key: Hashable {
      let slot: Int
      let test: FieldTest
    }

    var nodes: [Node] = []
    var names: [FieldNames] = []
    var slots: [FieldNames: Int] = [:]
    var tests: [(slot: Int, test: FieldTest)] = []
    var numbers: [Key: Int32] = [:]
    /// Compiled once; nil for what is none.
    private var expressions: [String: LinearRegex?] = [:]

    mutating func expression(_ source: String) -> LinearRegex? {
      if let known = expressions[source] { return known }
      let made = try? LinearRegex(source)
      expressions[source] = .some(made)
      return made
    }

    mutating func slot(_ field: FieldNames) -> Int {
      if let known = slots[field] { return known }
      slots[field] = names.count
      names.append(field)
      return names.count - 1
    }

    mutating func atom(_ field: FieldNames, _ test: FieldTest) -> Int32 {
      let slot = slot(field)
      if case .field(let name, _, _) = test { _ = self.slot(FieldNames([name])) }
      let key = Key(slot: slot, test: test)
      if let known = numbers[key] { return known }
      let number = Int32(tests.count)
      numbers[key] = number
      tests.append((slot, test))
      return number
    }

    mutating func emit(_ tree: MatchTree) {
      let place = nodes.count
      switch tree {
      case .constant(let value): nodes.append(Node(kind: value ? .yes : .no, atom: 0, end: 0))
      case .test(let field, let test): nodes.append(Node(kind: .atom, atom: atom(field, test), end: 0))
      case .not(let inner):
        nodes.append(Node(kind: .not, atom: 0, end: 0))
        emit(inner)
      case .all(let trees):
        nodes.append(Node(kind: .all, atom: 0, end: 0))
        for tree in trees { emit(tree) }
      case .any(let trees):
        nodes.append(Node(kind: .any, atom: 0, end: 0))
        for tree in trees { emit(tree) }
      }
      nodes[place].end = Int32(nodes.count)
    }

    /// Tests of which one must be true wherever the tree is, and how often that is guessed to be; nil where there are
    /// none.
    mutating func trigger(_ tree: MatchTree) -> (atoms: [Int32], cost: Double)? {
      switch tree {
      case .constant(let value): return value ? nil : ([], 0)
      case .not: return nil
      case .test(let field, let test):
        switch test {
        case .pattern(let pattern): return ([atom(field, test)], Self.cost(pattern))
        case .expression(let source):
          // One that requires no text has to be tried on every value.
          let isBlind = expression(source)?.requiredLiteral.isEmpty ?? true
          return ([atom(field, test)], isBlind ? 1_000 : 1)
        default: return nil
        }
      case .all(let trees):
        var best: (atoms: [Int32], cost: Double)?
        for tree in trees {
          guard let found = trigger(tree) else { continue }
          if best == nil || found.cost < best?.cost ?? .infinity { best = found }
        }
        return best
      case .any(let trees):
        var atoms: [Int32] = []
        var cost = 0.0
        for tree in trees {
          guard let found = trigger(tree) else { return nil }
          atoms += found.atoms
          cost += found.cost
        }
        return (atoms, cost)
      }
    }

    /// The longer the text that is needed, the rarer it is; numbers and short words are frequent.
    private static func cost(_ pattern: TextPattern) -> Double {
      let length = pattern.longestLiteral.count
      if length == 0 { return 50 }
      if pattern.exact != nil { return length <= 5 ? 8 : 8 / Double(length) }
      return 16 / Double(length * length)
    }
  }

  // MARK: Matching

  /// The rules that match an event, in ascending order.
  ///
  /// - Parameter derive: adds values to fields that events do not have themselves.
  package func match(
    _ event: Event, _ state: inout MatchState, derive: (inout FieldFrame) -> Void = { _ in }
  ) -> [Int] {
    state.begin(self)
    reader.read(event, into: &state.frame)
    derive(&state.frame)
    let route = state.route(self, event, channel: channel, code: code)
    state.fold()
    for slot in state.frame.present {
      guard let index = indexes[slot] else { continue }
      search(index, atoms[slot], slot, &state)
    }
    var found: [Int] = []
    for rule in route.untriggered where evaluate(rule: Int(rule), &state) { found.append(Int(rule)) }
    var place = 0
    while place < state.fired.count {
      for rule in triggers[Int(state.fired[place])] {
        let rule = Int(rule)
        guard state.considered[rule] != state.generation else { continue }
        state.considered[rule] = state.generation
        guard route.allows(rule), evaluate(rule: rule, &state) else { continue }
        found.append(rule)
      }
      place += 1
    }
    if found.count > 1 { found.sort() }
    return found
  }

  /// What is tried on events of one kind.
  package struct Route: Sendable {
    fileprivate let bits: [UInt64]
    fileprivate let untriggered: [Int32]

    fileprivate func allows(_ rule: Int) -> Bool { bits[rule >> 6] & 1 << UInt64(rule & 63) != 0 }
  }

  fileprivate func route(_ facts: EventFacts) -> Route {
    var bits = [UInt64](repeating: 0, count: count / 64 + 1)
    for rule in 0..<count where facts.fits(sources[rule]) { bits[rule >> 6] |= 1 << UInt64(rule & 63) }
    return Route(
      bits: bits, untriggered: untriggered.filter { bits[Int($0) >> 6] & 1 << UInt64($0 & 63) != 0 })
  }

  private func search(_ index: PatternIndex, _ atoms: [Int32], _ slot: Int, _ state: inout MatchState) {
    var values: [FieldFrame.Value] = []
    swap(&values, &state.values)
    values.removeAll(keepingCapacity: true)
    state.frame.forEach(slot) { value in
      values.append(value)
      return true
    }
    let generation = state.generation
    let isFolded = state.isFolded
    var own: [UInt8] = []
    state.frame.bytes.withUnsafeBufferPointer { bytes in
      state.folded.withUnsafeBufferPointer { all in
        for value in values where value.kind != .null {
          let text = UnsafeBufferPointer(rebasing: bytes[value.range])
          func search(_ folded: UnsafeBufferPointer<UInt8>) {
            index.search(
              text, folded: folded, isKnown: { state.trueAt[Int(atoms[$0])] == generation },
              skipped: { _ in state.skipped += 1 }
            ) { entry in
              let atom = atoms[entry]
              guard state.trueAt[Int(atom)] != generation else { return }
              state.trueAt[Int(atom)] = generation
              state.fired.append(atom)
            }
          }
          if isFolded {
            search(UnsafeBufferPointer(rebasing: all[value.range]))
          } else {
            own.removeAll(keepingCapacity: true)
            CaseFolding.append(text, to: &own)
            own.withUnsafeBufferPointer(search)
          }
        }
      }
    }
    swap(&values, &state.values)
  }

  private func evaluate(rule: Int, _ state: inout MatchState) -> Bool {
    guard state.isTimed, let clock = state.clock else { return evaluate(Int(roots[rule]), &state) }
    let began = clock()
    let holds = evaluate(Int(roots[rule]), &state)
    let end = clock()
    state.times[rule, default: 0] += end > began ? end - began : 0
    return holds
  }

  private func evaluate(_ place: Int, _ state: inout MatchState) -> Bool {
    let node = nodes[place]
    switch node.kind {
    case .yes: return true
    case .no: return false
    case .atom: return holds(Int(node.atom), &state)
    case .not: return !evaluate(place + 1, &state)
    case .all:
      var next = place + 1
      while next < Int(node.end) {
        if !evaluate(next, &state) { return false }
        next = Int(nodes[next].end)
      }
      return true
    case .any:
      var next = place + 1
      while next < Int(node.end) {
        if evaluate(next, &state) { return true }
        next = Int(nodes[next].end)
      }
      return false
    }
  }

  private func holds(_ atom: Int, _ state: inout MatchState) -> Bool {
    if state.trueAt[atom] == state.generation { return true }
    guard let demand = demands[atom], state.falseAt[atom] != state.generation else { return false }
    let holds =
      demand.expression.map { matches($0, Int(demand.slot), &state) } ?? holds(demand, state.frame)
    if holds { state.trueAt[atom] = state.generation } else { state.falseAt[atom] = state.generation }
    return holds
  }

  private func matches(_ expression: LinearRegex, _ slot: Int, _ state: inout MatchState) -> Bool {
    var holds = false
    var skipped = 0
    state.frame.forEach(slot) { value in
      guard value.kind != .null else { return true }
      let text = state.frame.text(value)
      if expression.steps(text) <= PatternIndex.mostSteps { holds = expression.matches(text) } else { skipped += 1 }
      return !holds
    }
    state.skipped += skipped
    return holds
  }

  private func holds(_ demand: Demand, _ frame: FieldFrame) -> Bool {
    let slot = Int(demand.slot)
    func any(_ test: (String) -> Bool) -> Bool {
      var holds = false
      frame.forEach(slot) { value in
        if value.kind != .null, value.range.count <= 65_536, test(frame.text(value)) { holds = true }
        return !holds
      }
      return holds
    }
    switch demand.test {
    case .pattern, .expression: return false
    case .exists: return frame.isPresent(slot)
    case .null:
      var isNull = true
      frame.forEach(slot) { value in
        if value.kind != .null { isNull = false }
        return isNull
      }
      return isNull
    case .network(let range): return any { IPAddress($0).map { range.contains($0) } ?? false }
    case .compare(let comparison, let number): return any { Double($0).map { comparison.holds($0, number) } ?? false }
    case .time(let part, let comparison, let number):
      return any { Self.part(part, of: $0).map { comparison.holds($0, number) } ?? false }
    case .field(_, let placement, let isCased):
      let others = frame.texts(Int(demand.other)).map { isCased ? $0 : Self.folded($0) }
      return any { text in
        let text = isCased ? text : Self.folded(text)
        return others.contains { other in
          switch placement {
          case .whole: text == other
          case .start: text.hasPrefix(other)
          case .end: text.hasSuffix(other)
          case .anywhere: text.contains(other)
          }
        }
      }
    }
  }

  private static func folded(_ text: String) -> String {
    String(decoding: CaseFolding.folded(Array(text.utf8)), as: UTF8.self)
  }

  /// A part of a moment, written as in RFC 3339 or as seconds since 1970.
  private static func part(_ part: FieldTest.TimePart, of text: String) -> Double? {
    let moment: Timestamp
    if let time = Timestamp(text) {
      moment = time
    } else if let seconds = Int64(text),
      let time = Timestamp(seconds: seconds > 100_000_000_000 ? seconds / 1_000 : seconds)
    {
      moment = time
    } else {
      return nil
    }
    let second = Int(((moment.seconds % 86_400) + 86_400) % 86_400)
    let date = moment.date
    switch part {
    case .minute: return Double(second / 60 % 60)
    case .hour: return Double(second / 3_600)
    case .day: return Double(date.parts.day)
    case .month: return Double(date.parts.month)
    case .year: return Double(date.parts.year)
    case .week:
      // ISO 8601: the week that holds the year's Thursday of this week. Day 0 of 1970 was a Thursday.
      let thursday = date.adding(days: 3 - ((date.days + 3) % 7 + 7) % 7)
      guard let first = CalendarDate(year: thursday.parts.year, month: 1, day: 1) else { return nil }
      return Double((thursday.days - first.days) / 7 + 1)
    }
  }
}

/// What matching needs from event to event; one for each task that matches.
package struct MatchState: Sendable {
  package var frame = FieldFrame()
  /// What `RuleMatcher.readDetails` read.
  package var details = FieldFrame()
  /// The bytes of the frame without regard to case, where all of them are ASCII, so that places are the same.
  fileprivate var folded: [UInt8] = []
  fileprivate var isFolded = false
  fileprivate var values: [FieldFrame.Value] = []
  fileprivate var generation: UInt32 = 0
  fileprivate var trueAt: [UInt32] = []
  fileprivate var falseAt: [UInt32] = []
  fileprivate var considered: [UInt32] = []
  fileprivate var fired: [Int32] = []
  private var routes: [RouteKey: RuleMatcher.Route] = [:]
  /// Where the last event went: mostly the next goes there, too.
  private var lastRoute: (key: RouteKey, route: RuleMatcher.Route)?
  /// Expressions that were not tried because the text was too long for them.
  package fileprivate(set) var skipped = 0
  /// Whether rules are only tried on events of their log source.
  package var routesByLogSource = true
  /// Nanoseconds from any moment on, by which conditions are timed on one event of `timedEvery`; nil: they are not.
  package var clock: (@Sendable () -> UInt64)?
  package static let timedEvery = 32
  /// Nanoseconds that the conditions of rules took on the events that were timed. What all rules share, the search for texts in
  /// fields, is not in it.
  package var times: [Int: UInt64] = [:]
  fileprivate var isTimed: Bool { clock != nil && generation % UInt32(Self.timedEvery) == 1 }

  private struct RouteKey: Hashable {
    let dataset: Dataset
    let categories: UInt32
    let types: UInt32
    let channel: String
    let code: String
  }

  package init() {}

  fileprivate mutating func begin(_ matcher: RuleMatcher) {
    if trueAt.count < matcher.testCount || considered.count < matcher.count {
      trueAt = [UInt32](repeating: 0, count: matcher.testCount)
      falseAt = trueAt
      considered = [UInt32](repeating: 0, count: matcher.count)
      generation = 0
    }
    if generation == .max {
      for index in trueAt.indices {
        trueAt[index] = 0
        falseAt[index] = 0
      }
      for index in considered.indices { considered[index] = 0 }
      generation = 0
    }
    generation += 1
    fired.removeAll(keepingCapacity: true)
  }

  /// Folds all values at once.
  fileprivate mutating func fold() {
    folded.removeAll(keepingCapacity: true)
    isFolded = frame.bytes.withUnsafeBufferPointer { CaseFolding.appendASCII($0, to: &folded) }
  }

  fileprivate mutating func route(_ matcher: RuleMatcher, _ event: Event, channel: Int, code: Int) -> RuleMatcher.Route
  {
    let dataset = event.dataset
    let isWindows = dataset == .windows
    let isKind = dataset == .tetragonEvent || dataset == .auditd
    let key = RouteKey(
      dataset: routesByLogSource ? dataset : .text, categories: isKind ? event.categories.rawValue : 0,
      types: isKind ? event.types.rawValue : 0, channel: isWindows ? frame.text(channel) ?? "" : "",
      code: isWindows ? frame.text(code) ?? "" : "")
    if let lastRoute, lastRoute.key == key { return lastRoute.route }
    if let known = routes[key] {
      lastRoute = (key, known)
      return known
    }
    // Channels and numbers are what the sender says.
    if routes.count > 2_048 { routes.removeAll() }
    let facts = EventFacts(
      key.dataset, categories: event.categories, types: event.types, channel: key.channel, code: key.code)
    let route = matcher.route(facts)
    routes[key] = route
    lastRoute = (key, route)
    return route
  }
}

extension RuleMatcher {
  package var testCount: Int { triggers.count }
}

extension MatchTree {
  /// The same condition without constants and nesting that changes nothing.
  package var simplified: MatchTree {
    switch self {
    case .constant, .test: return self
    case .not(let inner):
      switch inner.simplified {
      case .constant(let value): return .constant(!value)
      case .not(let twice): return twice
      case let other: return .not(other)
      }
    case .all(let trees):
      var made: [MatchTree] = []
      for tree in trees.map(\.simplified) {
        switch tree {
        case .constant(true): break
        case .constant(false): return .constant(false)
        case .all(let inner): made += inner
        default: made.append(tree)
        }
      }
      return made.isEmpty ? .constant(true) : made.count == 1 ? made[0] : .all(made)
    case .any(let trees):
      var made: [MatchTree] = []
      for tree in trees.map(\.simplified) {
        switch tree {
        case .constant(false): break
        case .constant(true): return .constant(true)
        case .any(let inner): made += inner
        default: made.append(tree)
        }
      }
      return made.isEmpty ? .constant(false) : made.count == 1 ? made[0] : .any(made)
    }
  }

  /// The fields that the condition reads.
  package var fields: [FieldNames] {
    switch self {
    case .constant: []
    case .test(let field, _): [field]
    case .not(let inner): inner.fields
    case .all(let trees), .any(let trees): trees.flatMap(\.fields)
    }
  }
}
