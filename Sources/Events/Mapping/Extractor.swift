import Bytes

/// The columns of fixed size of an event, and what else every event has.
struct EventHeader: Sendable {
  /// Nanoseconds since 1970; nil where the record has no time.
  var time: Int64?
  var kind = EventKind.event
  var categories: EventCategories = []
  var types: EventTypes = []
  var outcome = EventOutcome.unknown
  var level: LogLevel?
  /// HTTP status; 0 where there is none.
  var status: Int32 = 0
}

/// Makes the fields of one event out of the layers of its record: the innermost first, what is around it after that.
///
/// Of a field the first rule that finds a value counts. Around a container's output it is the other way round: what the
/// runtime says of time, pod and container holds against what the container prints.
struct Extractor {
  /// A value that is no column.
  struct Cold {
    var field: FieldID
    var value: FieldValue
  }

  /// Bytes made on the way: resolved escapes, joined lines.
  var arena: [UInt8] = []
  var columns = [Slot](repeating: .none, count: Column.textCount)
  var header = EventHeader()
  /// Of the innermost layer that has one.
  var identity = RecordIdentity.none
  private(set) var cold: [Cold] = []
  /// Whether values that are no columns are wanted.
  var keepsCold = false
  let options: DecodeOptions

  private var captures: [Capture] = []
  /// Captures that were set since the last record, so that a plan of many paths costs nothing where few are there.
  private var touched: [Int] = []
  private var hints: [Int] = []
  private(set) var parts = LineParts()
  private var current: [Int] = []
  private var currentPlan: ExtractionPlan?
  /// Fields that a layer further inside has set, or an earlier rule of this one.
  private var set = FieldSet()
  private var base = 0
  private var isMade = false
  private var overrides = false
  private var isAroundService = false
  /// Fields that the layer has overridden.
  private var replaced = FieldSet()

  /// What the surroundings of a record know better than the record.
  private static let origin: FieldSet = {
    var fields = FieldSet()
    for field: FieldID in [
      .timestamp, .hostName, .containerId, .containerName, .containerImageName, .containerImageId, .kubernetesPodName,
      .kubernetesPodUid, .kubernetesNamespace, .kubernetesContainerName, .kubernetesNodeName, .orchestratorNamespace,
      .orchestratorClusterName, .logIostream, .logFilePath,
    ] { fields[field] = true }
    return fields
  }()

  /// What is around a service's own record may say of the event. Everything else that stands there is of whoever carried
  /// the record: the pod that printed it is not the pod that it is about.
  static let surroundings: FieldSet = {
    var fields = FieldSet()
    for field: FieldID in [
      .timestamp, .hostName, .orchestratorClusterName, .logIostream, .logFilePath, .cloudProvider, .cloudAccountId,
      .cloudRegion,
    ] { fields[field] = true }
    return fields
  }()

  /// Whether a field tells who printed a record, as the path of a container's log does.
  static func isOfPrinter(_ field: FieldID) -> Bool { origin[field] && !surroundings[field] }

  init(options: DecodeOptions) { self.options = options }

  mutating func begin() {
    for index in columns.indices { columns[index] = .none }
    header = EventHeader()
    identity = .none
    cold.removeAll(keepingCapacity: true)
    set = FieldSet()
  }

  /// Where the bytes of the layer stand.
  ///
  /// - Parameters:
  ///   - offset: of the layer's first byte in the input, or in the arena.
  ///   - overrides: whether what the layer says holds against what was said further inside.
  ///   - isAroundService: whether it only carries what a service says of itself.
  mutating func enter(at offset: Int, isMade: Bool, overrides: Bool = false, isAroundService: Bool = false) {
    base = offset
    self.isMade = isMade
    self.overrides = overrides
    self.isAroundService = isAroundService
    replaced = FieldSet()
  }

  /// Places of a line count from its own start.
  mutating func shift(by offset: Int) { base += offset }

  // MARK: Finding

  private mutating func prepare(_ plan: ExtractionPlan) {
    for place in touched { captures[place] = Capture() }
    touched.removeAll(keepingCapacity: true)
    while captures.count < plan.paths.count { captures.append(Capture()) }
    while hints.count < plan.nodes.count { hints.append(0) }
  }

  @inline(__always)
  private mutating func take(_ place: Int, _ capture: Capture) {
    captures[place] = capture
    touched.append(place)
  }

  /// Walks an object along the plan.
  ///
  /// - Parameter levels: how deep the object lies in a document that is read with it.
  /// - Returns: the end of the object, or a fault of `JSONScan`.
  mutating func find(_ plan: ExtractionPlan, _ bytes: Span<UInt8>, _ start: Int, levels: Int = 0) -> Int {
    prepare(plan)
    return walk(plan, bytes, start, node: 0, levels: levels)
  }

  private mutating func walk(
    _ plan: ExtractionPlan, _ bytes: Span<UInt8>, _ start: Int, node: Int, levels: Int
  ) -> Int {
    guard levels < JSONScan.mostLevels else { return JSONScan.deep }
    var place = start
    if JSONScan.isEmpty(bytes, &place, closing: 0x7D) { return place }
    while true {
      var isEscaped = false
      let key = JSONScan.key(bytes, &place, &isEscaped)
      guard place >= 0 else { return place }
      let edge =
        isEscaped ? edgeOfEscaped(plan, node, bytes, key) : plan.edge(node, bytes, key, hint: &hints[node])
      let value = place
      var kind = JSONScan.kind(bytes[place])
      if kind == .string {
        var valueIsEscaped = false
        let end = JSONScan.stringEnd(bytes, place &+ 1, &valueIsEscaped)
        guard end >= 0 else { return end }
        place = end &+ 1
        if edge >= 0, plan.edges[edge].capture >= 0 {
          if valueIsEscaped { kind = .escaped }
          take(plan.edges[edge].capture, Capture(range: value &+ 1..<end, kind: kind))
        }
      } else if kind == .object, edge >= 0, !plan.nodes[plan.edges[edge].node].edges.isEmpty {
        place = walk(plan, bytes, place, node: plan.edges[edge].node, levels: levels &+ 1)
        guard place >= 0 else { return place }
        if plan.edges[edge].capture >= 0 {
          take(plan.edges[edge].capture, Capture(range: value..<place, kind: .object))
        }
      } else {
        place = JSONScan.valueEnd(bytes, place, levels: levels &+ 1)
        guard place >= 0 else { return place }
        if edge >= 0 {
          if kind == .array {
            let child = plan.edges[edge].node
            for index in plan.nodes[child].below {
              take(
                plan.below[index], Capture(range: value..<place, kind: .array, used: plan.nodes[child].depth))
            }
          } else if plan.edges[edge].capture >= 0 {
            take(plan.edges[edge].capture, Capture(range: value..<place, kind: kind))
          }
        }
      }
      if JSONScan.isLast(bytes, &place, closing: 0x7D) { return place }
    }
  }

  private func edgeOfEscaped(_ plan: ExtractionPlan, _ node: Int, _ bytes: Span<UInt8>, _ key: Range<Int>) -> Int {
    var resolved: [UInt8] = []
    JSONScan.unescape(bytes, key, into: &resolved)
    var hint = 0
    return plan.edge(node, resolved.span, 0..<resolved.count, hint: &hint)
  }

  /// Parses a line.
  ///
  /// - Returns: false for a line of another kind.
  mutating func find(
    _ plan: ExtractionPlan, line bytes: Span<UInt8>,
    _ parse: @Sendable (_ bytes: Span<UInt8>, _ parts: inout LineParts) -> Bool
  ) -> Bool {
    parts.removeAll()
    guard parse(bytes, &parts) else { return false }
    prepare(plan)
    let scratch = parts.scratch
    for part in parts.parts {
      let edge = plan.edge(0, scratch.span, part.key, hint: &hints[0])
      guard edge >= 0, plan.edges[edge].capture >= 0 else { continue }
      // Of equal names the first counts: what an attacker appends to a line changes nothing.
      guard !captures[plan.edges[edge].capture].isThere else { continue }
      take(plan.edges[edge].capture, Capture(range: part.value, kind: part.kind, isScratch: part.isScratch))
    }
    return true
  }

  /// All of the plan's contents that are there, after a find.
  func contents(_ plan: ExtractionPlan) -> [Capture] {
    var found: [Capture] = []
    for capture in plan.contents where captures[capture].hasValue { found.append(captures[capture]) }
    return found
  }

  // MARK: Applying

  /// Applies the rules of a plan to what was found.
  mutating func apply(_ plan: ExtractionPlan, _ bytes: Span<UInt8>) {
    for step in plan.steps {
      if case .compute(let body) = step.action {
        if isAroundService, !step.isOfSurroundings { continue }
        current = step.inputs
        currentPlan = plan
        body(bytes, &self)
        continue
      }
      guard let field = step.field, !isSet(field) else { continue }
      switch step.action {
      case .copy:
        for input in step.inputs where emit(field, firstOf: input, plan, bytes) { break }
      case .all:
        for input in step.inputs { emitAll(field, input, plan, bytes) }
        if step.inputs.contains(where: { captures[$0].hasValue }) { mark(field) }
      case .time:
        for input in step.inputs {
          guard let moment = moment(captures[input], bytes) else { continue }
          emit(field, time: moment)
          break
        }
      case .constant(let text): emit(field, text)
      case .compute: break
      }
    }
  }

  // MARK: For rules that compute

  /// A capture of the rule that runs.
  func input(_ index: Int) -> Capture {
    index < current.count ? captures[current[index]] : Capture()
  }

  /// A capture of the plan that was last looked for.
  func capture(_ place: Int) -> Capture { captures[place] }

  /// Whether a field has its value already.
  @inline(__always)
  func isSet(_ field: FieldID) -> Bool {
    set[field] && !(overrides && Self.origin[field] && !replaced[field])
      || isAroundService && !Self.surroundings[field]
  }

  /// An input's first scalar as text; nil where there is none.
  func text(_ index: Int, _ bytes: Span<UInt8>) -> String? {
    var found: String?
    each(index, bytes) { text in
      found = text
      return false
    }
    return found
  }

  /// Every scalar of an input as text; stops where `body` answers false.
  func each(_ index: Int, _ bytes: Span<UInt8>, _ body: (String) -> Bool) {
    guard index < current.count, let plan = currentPlan else { return }
    each(current[index], plan, bytes) { range, kind, scratch in
      switch kind {
      case .escaped:
        var resolved: [UInt8] = []
        JSONScan.unescape(bytes, range, into: &resolved)
        return body(String(decoding: resolved, as: UTF8.self))
      case .object, .array, .null, .none: return true
      default: return body(scratch ? parts.scratch.span.text(range) : bytes.text(range))
      }
    }
  }

  /// Whether an input's first scalar is a word.
  func equals(_ index: Int, _ bytes: Span<UInt8>, _ word: StaticString) -> Bool {
    let capture = input(index)
    guard capture.kind == .string || capture.kind == .number else { return false }
    return capture.isScratch ? parts.scratch.span.equals(capture.range, word) : bytes.equals(capture.range, word)
  }

  /// Places of strings and numbers within an input, without copying them.
  private func each(
    _ input: Int, _ plan: ExtractionPlan, _ bytes: Span<UInt8>,
    _ body: (Range<Int>, JSONScan.Kind, _ isScratch: Bool) -> Bool
  ) {
    let capture = captures[input]
    switch capture.kind {
    case .none, .null: return
    case .array:
      let rests = plan.rests[input]
      let rest = rests[min(capture.used, rests.count - 1)]
      JSONPath.values(bytes, capture.range, .array, path: rest.span) { range, kind in
        body(Self.inner(range, kind), kind, false)
      }
    default: _ = body(capture.range, capture.kind, capture.isScratch)
    }
  }

  func eachPlace(
    _ index: Int, _ bytes: Span<UInt8>, _ body: (Range<Int>, JSONScan.Kind) -> Bool
  ) {
    guard index < current.count, let plan = currentPlan else { return }
    each(current[index], plan, bytes) { range, kind, isScratch in
      isScratch ? true : body(range, kind)
    }
  }

  /// Without the quotes of a string.
  @inline(__always)
  static func inner(_ range: Range<Int>, _ kind: JSONScan.Kind) -> Range<Int> {
    kind == .string || kind == .escaped ? range.lowerBound + 1..<range.upperBound - 1 : range
  }

  /// An input as a whole number.
  func integer(_ index: Int, _ bytes: Span<UInt8>) -> Int? {
    let capture = input(index)
    guard capture.kind == .number || capture.kind == .string else { return nil }
    return capture.isScratch ? parts.scratch.span.integer(capture.range) : bytes.integer(capture.range)
  }

  /// The first whole number among some inputs.
  func integer(_ indices: ClosedRange<Int>, _ bytes: Span<UInt8>) -> Int? {
    for index in indices {
      if let number = integer(index, bytes) { return number }
    }
    return nil
  }

  /// The first text among some inputs.
  func text(_ indices: ClosedRange<Int>, _ bytes: Span<UInt8>) -> String? {
    for index in indices {
      if let text = text(index, bytes) { return text }
    }
    return nil
  }

  private func moment(_ capture: Capture, _ bytes: Span<UInt8>) -> Int64? {
    switch capture.kind {
    case .string, .number:
      if capture.isScratch {
        return EventTime.moment(parts.scratch.span.extracting(capture.range), near: options.nearby)
      }
      return EventTime.moment(bytes.extracting(capture.range), near: options.nearby)
    default: return nil
    }
  }

  func moment(_ index: Int, _ bytes: Span<UInt8>) -> Int64? { moment(input(index), bytes) }

  /// Notes where the source's own id stands.
  ///
  /// - Parameters: inputs of the id, and of what tells events with one id apart.
  mutating func identify(by id: Int, within part: Int) {
    let whole = input(id)
    let piece = input(part)
    guard identity.id.isNone, whole.kind == .string, !whole.isScratch, !whole.range.isEmpty,
      piece.kind == .none || piece.kind == .string && !piece.isScratch
    else { return }
    func slot(_ capture: Capture) -> Slot {
      Slot(base &+ capture.range.lowerBound, base &+ capture.range.upperBound, isMade: isMade)
    }
    identity = RecordIdentity(id: slot(whole), part: piece.kind == .none ? .none : slot(piece))
  }

  // MARK: Setting

  private mutating func mark(_ field: FieldID) {
    set[field] = true
    if overrides { replaced[field] = true }
  }

  /// Before a value that is no column is kept: what was said further inside goes.
  private mutating func keep(_ field: FieldID, _ value: FieldValue) {
    if overrides, set[field], !replaced[field] { cold.removeAll { $0.field == field } }
    cold.append(Cold(field: field, value: value))
  }

  mutating func emit(_ field: FieldID, _ text: StaticString) {
    emit(field, text.description)
  }

  mutating func emit(_ field: FieldID, _ text: String) {
    guard !isSet(field) else { return }
    if let column = field.column {
      guard column.isText else { return }
      let start = arena.count
      arena.append(contentsOf: text.utf8)
      columns[column.slot] = Slot(start, arena.count, isMade: true)
    } else {
      guard keepsCold else { return }
      keep(field, Self.value(field, text, .string))
    }
    mark(field)
  }

  mutating func emit(_ field: FieldID, all values: [String]) {
    guard !values.isEmpty, !isSet(field) else { return }
    if field.column != nil { return emit(field, values[0]) }
    guard keepsCold else { return }
    for value in values {
      keep(field, Self.value(field, value, .string))
      mark(field)
    }
  }

  mutating func emit(_ field: FieldID, integer: Int) {
    guard !isSet(field), keepsCold else { return }
    keep(field, .integer(Int64(integer)))
    mark(field)
  }

  mutating func emit(_ field: FieldID, time: Int64) {
    guard !isSet(field) else { return }
    if field == .timestamp {
      header.time = time
    } else if keepsCold {
      keep(field, .time(Timestamp(nanoseconds: time)))
    }
    mark(field)
  }

  mutating func setTime(_ time: Int64?) {
    guard let time, !isSet(.timestamp) else { return }
    emit(.timestamp, time: time)
  }

  mutating func setOutcome(_ outcome: EventOutcome) {
    guard !isSet(.eventOutcome), outcome != .unknown else { return }
    header.outcome = outcome
    mark(.eventOutcome)
  }

  /// An answer of unknown that is meant: what follows must not guess otherwise.
  mutating func leaveOutcomeUnknown() { mark(.eventOutcome) }

  mutating func setLevel(_ level: LogLevel?) {
    guard let level, !isSet(.logLevel) else { return }
    header.level = level
    mark(.logLevel)
  }

  mutating func setStatus(_ status: Int?) {
    guard let status, (100...599).contains(status), !isSet(.httpResponseStatusCode) else { return }
    header.status = Int32(status)
    mark(.httpResponseStatusCode)
  }

  /// A part of the layer's bytes.
  mutating func emit(_ field: FieldID, at range: Range<Int>, _ kind: JSONScan.Kind = .string, _ bytes: Span<UInt8>) {
    guard !isSet(field), keepsCold || field.column != nil else { return }
    append(field, range, kind, isScratch: false, bytes)
  }

  /// The first scalar of an input.
  @discardableResult
  mutating func emit(_ field: FieldID, input index: Int, _ bytes: Span<UInt8>) -> Bool {
    guard index < current.count, let plan = currentPlan, !isSet(field) else { return false }
    return emit(field, firstOf: current[index], plan, bytes)
  }

  @inline(__always)
  private mutating func emit(
    _ field: FieldID, firstOf input: Int, _ plan: ExtractionPlan, _ bytes: Span<UInt8>
  ) -> Bool {
    let capture = captures[input]
    switch capture.kind {
    case .none, .null, .object: return false
    case .array:
      var found: (Range<Int>, JSONScan.Kind)?
      each(input, plan, bytes) { range, kind, _ in
        guard kind != .object, kind != .null else { return true }
        found = (range, kind)
        return false
      }
      guard let found else { return false }
      append(field, found.0, found.1, isScratch: false, bytes)
    default:
      // Empty text says nothing, and the next input may.
      guard !capture.range.isEmpty else { return false }
      append(field, capture.range, capture.kind, isScratch: capture.isScratch, bytes)
    }
    return true
  }

  private mutating func emitAll(_ field: FieldID, _ input: Int, _ plan: ExtractionPlan, _ bytes: Span<UInt8>) {
    var found: [(Range<Int>, JSONScan.Kind, Bool)] = []
    each(input, plan, bytes) { range, kind, isScratch in
      if kind != .object, kind != .null { found.append((range, kind, isScratch)) }
      return found.count < 4096
    }
    for (range, kind, isScratch) in found { append(field, range, kind, isScratch: isScratch, bytes) }
  }

  @inline(__always)
  private mutating func append(
    _ field: FieldID, _ range: Range<Int>, _ kind: JSONScan.Kind, isScratch: Bool, _ bytes: Span<UInt8>
  ) {
    switch field.column {
    case .level:
      if isScratch {
        setLevel(LogLevel(parts.scratch.span.extracting(range)))
      } else {
        setLevel(LogLevel(bytes.extracting(range)))
      }
      return
    case .statusCode:
      setStatus(isScratch ? parts.scratch.span.integer(range) : bytes.integer(range))
      return
    case .timestamp, .ingested, .dataset, .category, .type, .outcome: return
    case nil:
      guard keepsCold else { return }
      let text: String
      if kind == .escaped {
        var resolved: [UInt8] = []
        JSONScan.unescape(bytes, range, into: &resolved)
        text = String(decoding: resolved, as: UTF8.self)
      } else {
        text = isScratch ? parts.scratch.span.text(range) : bytes.text(range)
      }
      keep(field, Self.value(field, text, kind))
    case .some(let column):
      if kind == .escaped {
        let start = arena.count
        JSONScan.unescape(bytes, range, into: &arena)
        columns[column.slot] = Slot(start, arena.count, isMade: true)
      } else if isScratch {
        let start = arena.count
        arena.append(contentsOf: parts.scratch[range])
        columns[column.slot] = Slot(start, arena.count, isMade: true)
      } else {
        columns[column.slot] = Slot(base &+ range.lowerBound, base &+ range.upperBound, isMade: isMade)
      }
    }
    mark(field)
  }

  /// A scalar as the type of its field wants it, where it can be had.
  static func value(_ field: FieldID, _ text: String, _ kind: JSONScan.Kind) -> FieldValue {
    switch field.type {
    case .integer:
      if let number = Int64(text) { return .integer(number) }
      if let number = Double(text) { return .number(number) }
      return .text(text)
    case .number: return Double(text).map { .number($0) } ?? .text(text)
    case .flag: return text == "true" ? .flag(true) : text == "false" ? .flag(false) : .text(text)
    case .date: return Self.moment(text) ?? .text(text)
    default: return .text(text)
    }
  }

  private static func moment(_ text: String) -> FieldValue? {
    let bytes = Array(text.utf8)
    return EventTime.moment(bytes.span).map { .time(Timestamp(nanoseconds: $0)) }
  }
}
