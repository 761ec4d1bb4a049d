import Bytes

/// Collects the records of one batch: recognises each, follows the records that it carries, and extracts its fields.
struct BatchBuilder {
  private(set) var records: [EventBatch.Record] = []
  private var layers: [EventBatch.Layer] = []
  private var columns: [Slot] = []
  private var envelopes: [Envelope]
  /// Text columns that an envelope fills, by envelope; built on demand.
  private var envelopeColumns: [[Slot]?]
  /// For each envelope the one of what a service says of itself, which tells nothing of who printed it; built on demand.
  private var serviceEnvelopes: [Int: Int] = [:]
  var header: [String]
  var problems: [RecordProblem] = []
  private var extractor: Extractor
  private let options: DecodeOptions
  private var members = JSONMembers()
  private let auditPlan = MappingCatalogue.all[MappingCatalogue.audit].hot
  /// Whether the last object was an audit event. The next one is then tried as one first, in a single pass, with the
  /// same result.
  private var expectsAudit = true

  init(options: DecodeOptions, envelope: Envelope, header: [String]) {
    self.options = options
    self.header = header
    envelopes = [envelope]
    envelopeColumns = [nil]
    extractor = Extractor(options: options)
  }

  private var delimiter: UInt8 {
    if case .csv(_, let delimiter) = options.format { delimiter } else { 0x2C }
  }

  var joinedLines: Int { options.joinedLines }
  var joinedBytes: Int { options.joinedBytes }

  func build(input: [UInt8]) -> EventBatch {
    let batch = EventBatch(
      input: input, arena: extractor.arena, records: records, layers: layers, columns: columns, envelopes: envelopes,
      header: header, problems: problems, options: options)
    return options.directory.map { batch.joined(with: $0) } ?? batch
  }

  // MARK: Objects

  /// Reads the JSON object at a position: one record, or a document of many.
  ///
  /// - Returns: its end, or a fault of `JSONScan`, in which case nothing was read.
  mutating func object(_ bytes: Span<UInt8>, _ start: Int, line: Int, _ joiners: inout [ContainerLines]) -> Int {
    // A whole list is walked for nothing where a single event is expected.
    if expectsAudit, !RecordList.beginsLikeKubernetesList(bytes, start) {
      let (end, isTaken) = audit(bytes, start, envelope: 0, line: line)
      guard end >= 0, !isTaken else { return end }
      expectsAudit = false
    }
    if let end = kubernetesList(bytes, start, line: line, &joiners) { return end }
    let end = members.read(bytes, start)
    guard end >= 0 else { return end }
    guard end - start <= options.recordBytes else { return JSONScan.large }
    if let list = RecordList.find(bytes, members) {
      self.list(bytes, list, line: line, from: start, &joiners)
    } else if let nested = NestedRecords.find(bytes, start..<end, members) {
      self.nested(bytes, nested, line: line, from: start, &joiners)
    } else {
      let mapping = MappingCatalogue.recognise(bytes, members)
      expectsAudit = mapping == MappingCatalogue.audit
      record(bytes, start..<end, mapping, envelope: 0, line: line, &joiners)
    }
    return end
  }

  /// Reads an object as an event of the API server, in one pass.
  ///
  /// - Returns: its end, or a fault of `JSONScan`, and whether it was one; nothing was taken where it was none.
  private mutating func audit(
    _ bytes: Span<UInt8>, _ start: Int, envelope: Int, line: Int, levels: Int = 0
  ) -> (end: Int, isTaken: Bool) {
    extractor.begin()
    extractor.enter(at: 0, isMade: false)
    let end = extractor.find(auditPlan, bytes, start, levels: levels)
    guard end >= 0 else { return (end, false) }
    guard end - start <= options.recordBytes else { return (JSONScan.large, false) }
    guard extractor.isAuditEvent(auditPlan, bytes) else { return (end, false) }
    extractor.apply(auditPlan, bytes)
    let original = Slot(start, end, isMade: false)
    layers.append(EventBatch.Layer(mapping: UInt8(MappingCatalogue.audit), payload: original))
    push(original, layers: 1, envelope: envelope, line: line, fault: nil, overrides: false, isService: true)
    return (end, true)
  }

  /// Reads a list as the API server writes it in one pass: its events while it is not known yet how it ends.
  ///
  /// - Returns: the end of the list; nil for anything that must be read in another way, in which case nothing was taken.
  private mutating func kubernetesList(
    _ bytes: Span<UInt8>, _ start: Int, line: Int, _ joiners: inout [ContainerLines]
  ) -> Int? {
    guard RecordList.beginsLikeKubernetesList(bytes, start) else { return nil }
    let before = (records.count, layers.count, columns.count, problems.count, extractor.arena.count)
    let joinersBefore = joiners
    let end = walkKubernetesList(bytes, start, line: line, &joiners)
    if end == nil {
      records.removeLast(records.count - before.0)
      layers.removeLast(layers.count - before.1)
      columns.removeLast(columns.count - before.2)
      problems.removeLast(problems.count - before.3)
      extractor.arena.removeLast(extractor.arena.count - before.4)
      joiners = joinersBefore
    }
    return end
  }

  private mutating func walkKubernetesList(
    _ bytes: Span<UInt8>, _ start: Int, line: Int, _ joiners: inout [ContainerLines]
  ) -> Int? {
    var place = start
    if JSONScan.isEmpty(bytes, &place, closing: 0x7D) { return nil }
    var isRead = false
    // With more members it is not a list of Kubernetes (`RecordList`).
    for _ in 0..<4 {
      var isEscaped = false
      let key = JSONScan.key(bytes, &place, &isEscaped)
      guard place >= 0, !isEscaped else { return nil }
      if bytes.equals(key, "items"), !isRead {
        guard let end = elements(bytes, place, of: start, line: line, &joiners) else { return nil }
        place = end
        isRead = true
      } else if bytes.equals(key, "logGroup") {
        return nil
      } else {
        place = JSONScan.valueEnd(bytes, place, levels: 1)
        guard place >= 0 else { return nil }
      }
      if JSONScan.isLast(bytes, &place, closing: 0x7D) {
        return place >= 0 && isRead && place - start <= options.recordBytes ? place : nil
      }
    }
    return nil
  }

  /// The objects of an array within a list that begins at a place, each of which is a record.
  ///
  /// - Returns: the end of the array; nil for one that is empty, malformed, or holds something else.
  private mutating func elements(
    _ bytes: Span<UInt8>, _ start: Int, of list: Int, line: Int, _ joiners: inout [ContainerLines]
  ) -> Int? {
    guard bytes[start] == 0x5B else { return nil }
    var place = JSONScan.skipSpace(bytes, start + 1)
    var line = line
    var counted = list
    var expectsAudit = true
    while place < bytes.count, bytes[place] == 0x7B {
      line += EventDecoder.lineFeeds(bytes, counted..<place)
      counted = place
      let end = item(bytes, place, envelope: 0, line: line, levels: 2, &expectsAudit, &joiners)
      guard end > place else { return nil }
      place = end
      if JSONScan.isLast(bytes, &place, closing: 0x5D) { return place >= 0 ? place : nil }
    }
    return nil
  }

  /// Every element of a document of many records.
  private mutating func list(
    _ bytes: Span<UInt8>, _ list: RecordList, line: Int, from start: Int, _ joiners: inout [ContainerLines]
  ) {
    var envelope = 0
    if !list.envelope.entries.isEmpty {
      envelope = envelopes.count
      envelopes.append(Envelope(list.envelope.entries + envelopes[0].entries))
      envelopeColumns.append(nil)
    }
    var line = line
    var counted = start
    var expectsAudit = true
    // The document was read to its end before: every element is whole.
    var place = JSONScan.skipSpace(bytes, list.items.lowerBound + 1)
    while place < list.items.upperBound, bytes[place] != 0x5D {
      line += EventDecoder.lineFeeds(bytes, counted..<place)
      counted = place
      let end: Int
      if bytes[place] == 0x7B {
        end = item(bytes, place, envelope: envelope, line: line, &expectsAudit, &joiners)
      } else {
        problems.append(RecordProblem(.noRecord, line: line))
        end = JSONScan.valueEnd(bytes, place)
      }
      guard end > place else { return }
      place = JSONScan.skipSpace(bytes, end)
      if place < list.items.upperBound, bytes[place] == 0x2C { place = JSONScan.skipSpace(bytes, place + 1) }
    }
  }

  /// Every record of a document in which they lie deeper.
  private mutating func nested(
    _ bytes: Span<UInt8>, _ elements: [NestedRecords.Element], line: Int, from start: Int,
    _ joiners: inout [ContainerLines]
  ) {
    var line = line
    var counted = start
    var expectsAudit = false
    for element in elements {
      let place =
        switch element {
        case .object(let range): range.lowerBound
        case .made(_, let place): place
        }
      line += EventDecoder.lineFeeds(bytes, counted..<max(counted, place))
      counted = max(counted, place)
      switch element {
      case .object(let range): _ = item(bytes, range.lowerBound, envelope: 0, line: line, &expectsAudit, &joiners)
      case .made(let record, _): made(record, line: line)
      }
    }
  }

  /// An object that was put together of parts.
  private mutating func made(_ record: [UInt8], line: Int) {
    guard members.read(record.span, 0) == record.count else { return }
    let mapping = MappingCatalogue.recognise(record.span, members)
    let base = extractor.arena.count
    extractor.arena += record
    add(
      record.span, 0..<record.count, Slot(base, base + record.count, isMade: true), base: base, isMade: true,
      mapping: mapping, envelope: 0, line: line)
  }

  /// - Parameters:
  ///   - levels: how deep the item lies in a document whose end was not seen yet.
  ///   - expectsAudit: whether the item before was an audit event.
  /// - Returns: the end of the item, or a fault of `JSONScan`.
  private mutating func item(
    _ bytes: Span<UInt8>, _ start: Int, envelope: Int, line: Int, levels: Int = 0, _ expectsAudit: inout Bool,
    _ joiners: inout [ContainerLines]
  ) -> Int {
    if expectsAudit {
      let (end, isTaken) = audit(bytes, start, envelope: envelope, line: line, levels: levels)
      if isTaken { return end }
    }
    let end = members.read(bytes, start, levels: levels)
    guard end >= 0 else { return end }
    let mapping = MappingCatalogue.recognise(bytes, members)
    expectsAudit = mapping == MappingCatalogue.audit
    record(bytes, start..<end, mapping, envelope: envelope, line: line, &joiners)
    return end
  }

  private mutating func record(
    _ bytes: Span<UInt8>, _ range: Range<Int>, _ mapping: Int, envelope: Int, line: Int,
    _ joiners: inout [ContainerLines]
  ) {
    if mapping == MappingCatalogue.dockerLog, envelope == 0 {
      // The line feed shows whether the line is complete.
      extractor.begin()
      _ = extractor.find(MappingCatalogue.all[mapping].hot, bytes, range.lowerBound)
      var message: [UInt8] = []
      if let content = extractor.contents(MappingCatalogue.all[mapping].hot).first {
        if content.kind == .escaped {
          JSONScan.unescape(bytes, content.range, into: &message)
        } else {
          for place in content.range { message.append(bytes[place]) }
        }
      }
      let isPartial = message.last != 0x0A
      if !isPartial { message.removeLast() }
      let isError = members.equals(bytes, "stream", "stderr")
      joiners[isError ? 1 : 0].add(
        bytes, range, ContainerLines.Line(message: message, isPartial: isPartial, mapping: mapping, number: line), &self
      )
      return
    }
    add(
      bytes, range, Slot(range.lowerBound, range.upperBound, isMade: false), base: 0, isMade: false, mapping: mapping,
      envelope: envelope, line: line)
  }

  // MARK: Messages

  /// Reads a message whose bounds are known from outside: one record, whatever line feeds it contains, or a document of
  /// many. Nothing of it is lost: what cannot be understood is kept as one record.
  mutating func message(_ bytes: Span<UInt8>, _ range: Range<Int>, line: Int) {
    var joiners = ContainerLines.perStream
    let part = bytes.extracting(0..<range.upperBound)
    let first = JSONScan.skipSpace(part, range.lowerBound)
    var fault: RecordFault?
    if first < part.count, part[first] == 0x7B {
      let before = (records.count, layers.count, columns.count, problems.count)
      func undo() {
        records.removeLast(records.count - before.0)
        layers.removeLast(layers.count - before.1)
        columns.removeLast(columns.count - before.2)
        problems.removeLast(problems.count - before.3)
        joiners = ContainerLines.perStream
      }
      let end = object(part, first, line: line, &joiners)
      if end >= 0 {
        for index in joiners.indices { joiners[index].flush(part, &self) }
        let isWhole = JSONScan.skipSpace(part, end) == part.count
        if isWhole, records.count > before.0, problems.count == before.3 { return }
        undo()
        if isWhole {
          // A list of nothing, or not only of records.
          _ = members.read(part, first)
          let mapping = MappingCatalogue.recognise(part, members)
          add(
            part, first..<end, Slot(first, end, isMade: false), base: 0, isMade: false, mapping: mapping, envelope: 0,
            line: line)
          return
        }
      } else {
        fault = end == JSONScan.deep ? .tooDeep : end == JSONScan.incomplete ? .cut : .malformedJSON
      }
    }
    self.line(part, range, line: line, fault: fault, &joiners)
    for index in joiners.indices { joiners[index].flush(part, &self) }
  }

  // MARK: Lines

  /// Reads a line.
  ///
  /// - Parameter fault: why it is not JSON although it begins like JSON. The line is unparsed unless its kind is known.
  mutating func line(
    _ bytes: Span<UInt8>, _ range: Range<Int>, line: Int, fault: RecordFault?, _ joiners: inout [ContainerLines]
  ) {
    var end = range.upperBound
    if end > range.lowerBound, bytes[end - 1] == 0x0D { end -= 1 }
    let payload = range.lowerBound..<end
    let original = Slot(range.lowerBound, range.upperBound, isMade: false)
    let text = bytes.extracting(payload)
    if fault == nil, let container = ContainerLog.parse(text) {
      var message: [UInt8] = []
      message.reserveCapacity(container.message.count)
      for place in container.message { message.append(text[place]) }
      joiners[container.isError ? 1 : 0].add(
        bytes, range,
        ContainerLines.Line(
          message: message, isPartial: container.isPartial, mapping: MappingCatalogue.criLog, number: line), &self)
      return
    }
    let mapping = recognise(text)
    if mapping == nil, let fault {
      problems.append(RecordProblem(.kept(fault), line: line))
    }
    add(
      bytes, payload, original, base: 0, isMade: false, mapping: mapping ?? MappingCatalogue.text, envelope: 0,
      line: line,
      fault: mapping == nil ? fault : nil)
  }

  /// The mapping of a line; nil for plain text.
  private mutating func recognise(_ text: Span<UInt8>) -> Int? {
    for index in MappingCatalogue.lines {
      guard case .line(let parse) = MappingCatalogue.all[index].form else { continue }
      if extractor.find(MappingCatalogue.all[index].hot, line: text, parse) { return index }
    }
    return nil
  }

  /// A container's line that stands where it was read.
  mutating func container(_ bytes: Span<UInt8>, _ range: Range<Int>, _ line: ContainerLines.Line) {
    add(
      bytes, range, Slot(range.lowerBound, range.upperBound, isMade: false), base: 0, isMade: false,
      mapping: line.mapping, envelope: 0, line: line.number)
  }

  /// Reads lines of a container that were joined, or kept from earlier bytes.
  ///
  /// - Parameter original: the lines as they arrived.
  mutating func container(original: [UInt8], isJoined: Bool, _ line: ContainerLines.Line) {
    let base = extractor.arena.count
    extractor.arena += original
    add(
      original.span, 0..<original.count, Slot(base, base + original.count, isMade: true), base: base, isMade: true,
      mapping: isJoined && line.mapping == MappingCatalogue.dockerLog ? MappingCatalogue.dockerLines : line.mapping,
      envelope: 0, line: line.number)
  }

  /// A row of a table, whose values have their columns' names.
  mutating func row(_ bytes: Span<UInt8>, _ range: Range<Int>, line: Int, fault: RecordFault?) {
    if let fault { problems.append(RecordProblem(.kept(fault), line: line)) }
    add(
      bytes, range, Slot(range.lowerBound, range.upperBound, isMade: false), base: 0, isMade: false,
      mapping: MappingCatalogue.csv, envelope: 0, line: line, fault: fault)
  }

  // MARK: Layers

  /// A record, possibly within another.
  private struct Found {
    var mapping: Int
    /// The buffer that it is in: -1 for that of the outermost record, otherwise an index of a copy.
    var copy: Int
    var range: Range<Int>
    /// Of the first of the bytes.
    var base: Int
    var isMade: Bool
  }

  private mutating func add(
    _ bytes: Span<UInt8>, _ range: Range<Int>, _ original: Slot, base: Int, isMade: Bool, mapping: Int, envelope: Int,
    line: Int, fault: RecordFault? = nil
  ) {
    var chain = [Found(mapping: mapping, copy: -1, range: range, base: base, isMade: isMade)]
    var copies: [[UInt8]] = []
    extractor.begin()
    chain += follow(chain, bytes, &copies, envelope: envelope)
    var overrides = false
    var isWithinService = false
    for index in chain.indices.reversed() {
      let found = chain[index]
      let mapping = MappingCatalogue.all[found.mapping]
      let isAround = index < chain.count - 1
      if isAround, let content = mapping.content, content.isContainerOutput,
        !MappingCatalogue.all[chain[index + 1].mapping].isAuthoritative
      {
        overrides = true
      }
      if isAround, MappingCatalogue.all[chain[index + 1].mapping].isAuthoritative { isWithinService = true }
      extractor.enter(
        at: found.base, isMade: found.isMade, overrides: isAround && overrides,
        isAroundService: isWithinService && !mapping.isAuthoritative)
      if found.copy < 0 {
        apply(mapping, bytes, found.range)
      } else {
        let copy = copies[found.copy]
        apply(mapping, copy.span, found.range)
      }
    }
    for found in chain {
      layers.append(
        EventBatch.Layer(
          mapping: UInt8(found.mapping),
          payload: Slot(found.base + found.range.lowerBound, found.base + found.range.upperBound, isMade: found.isMade))
      )
    }
    push(
      original, layers: chain.count, envelope: envelope, line: line, fault: fault, overrides: overrides,
      isService: isWithinService || MappingCatalogue.all[chain[chain.count - 1].mapping].isAuthoritative)
  }

  private mutating func apply(_ mapping: Mapping, _ bytes: Span<UInt8>, _ range: Range<Int>) {
    find(mapping, bytes, range)
    if mapping.isObject {
      extractor.apply(mapping.hot, bytes)
    } else {
      extractor.apply(mapping.hot, bytes.extracting(range))
    }
  }

  /// Finds what a mapping asks for. Positions in an object count from the first byte of the buffer, those in a line
  /// from its start.
  private mutating func find(_ mapping: Mapping, _ bytes: Span<UInt8>, _ range: Range<Int>) {
    switch mapping.form {
    case .object: _ = extractor.find(mapping.hot, bytes, range.lowerBound)
    case .line(let parse):
      extractor.shift(by: range.lowerBound)
      if mapping.dataset == .csv {
        _ = extractor.find(mapping.hot, line: bytes.extracting(range)) { [header, delimiter] in
          CSVRows.parse($0, header, delimiter, &$1)
        }
      } else {
        _ = extractor.find(mapping.hot, line: bytes.extracting(range), parse)
      }
    }
  }

  /// The records within a record, from the outside inward.
  ///
  /// What carries others has a place where they stand, mostly one of several: the first that holds a record of a known kind
  /// counts, however often it was wrapped. Where none does, the content is text, or an object of any kind.
  ///
  /// - Parameter chain: of records, of which the last is followed.
  private mutating func follow(
    _ chain: [Found], _ bytes: Span<UInt8>, _ copies: inout [[UInt8]], envelope: Int
  ) -> [Found] {
    let outer = chain[chain.count - 1]
    guard chain.count < options.layers, let content = MappingCatalogue.all[outer.mapping].content else { return [] }
    // Nearly all lines of text end in something else than a record.
    if outer.mapping == MappingCatalogue.text, outer.copy < 0,
      ![0x7D, 0x22].contains(bytes[outer.range.upperBound - 1])
    {
      return []
    }
    let candidates =
      outer.copy < 0 ? candidates(outer, bytes) : candidates(outer, copyOf: copies[outer.copy])
    if candidates.count == 1, !content.isOnlyKnown {
      return enter(candidates[0], chain, bytes, &copies, envelope: envelope, isOnlyKnown: false) ?? []
    }
    var rest: Carried?
    for candidate in candidates {
      guard candidate.isLikeObject else {
        if !(rest?.isText ?? false) { rest = candidate }
        continue
      }
      let before = (extractor.arena.count, copies.count)
      if let found = enter(candidate, chain, bytes, &copies, envelope: envelope, isOnlyKnown: true) {
        return found
      }
      extractor.arena.removeLast(extractor.arena.count - before.0)
      copies.removeLast(copies.count - before.1)
      if rest == nil || candidate.isText && !(rest?.isText ?? false) { rest = candidate }
    }
    guard let rest, !content.isOnlyKnown else { return [] }
    return enter(rest, chain, bytes, &copies, envelope: envelope, isOnlyKnown: false) ?? []
  }

  /// What stands in a content, with what that carries.
  ///
  /// - Returns: nil where it is nothing, or of no known kind where only those count.
  private mutating func enter(
    _ carried: Carried, _ chain: [Found], _ bytes: Span<UInt8>,
    _ copies: inout [[UInt8]], envelope: Int, isOnlyKnown: Bool
  ) -> [Found]? {
    var inner = chain[chain.count - 1]
    switch carried.place {
    case .place(let range): inner.range = range
    case .made(let made):
      inner.base = extractor.arena.count
      inner.isMade = true
      inner.copy = copies.count
      inner.range = 0..<made.count
      extractor.arena += made
      copies.append(made)
    }
    let found =
      inner.copy < 0 ? recogniseTrimmed(bytes, &inner.range) : recogniseTrimmed(copy: copies[inner.copy], &inner.range)
    inner.mapping = found ?? MappingCatalogue.text
    guard !inner.range.isEmpty else { return nil }
    let mapping = MappingCatalogue.all[inner.mapping]
    if mapping.isAuthoritative, let printer = printer(chain, bytes, copies, envelope: envelope),
      !options.serviceContainers.contains(printer)
    {
      // Mere output of the container; the fields of its JSON can still be searched.
      guard mapping.isObject else { return nil }
      inner.mapping = MappingCatalogue.json
      return [inner]
    }
    let further = follow(chain + [inner], bytes, &copies, envelope: envelope)
    let isKnown = !mapping.isGeneric || further.contains { !MappingCatalogue.all[$0.mapping].isGeneric }
    if isOnlyKnown || found == nil { return isKnown ? [inner] + further : nil }
    return [inner] + further
  }

  /// What a content holds.
  private struct Carried {
    enum Place {
      case place(Range<Int>)
      /// Escapes are resolved.
      case made([UInt8])
    }

    let place: Place
    /// Whether it begins as an object does.
    let isLikeObject: Bool
    var isText = true
  }

  /// Where the contents of a record are.
  private mutating func candidates(_ outer: Found, _ source: Span<UInt8>) -> [Carried] {
    let mapping = MappingCatalogue.all[outer.mapping]
    extractor.enter(at: outer.base, isMade: outer.isMade)
    find(mapping, source, outer.range)
    var found: [Carried] = []
    for capture in extractor.contents(mapping.hot) {
      switch capture.kind {
      case .object:
        let text = AnyValueText.object(source, capture.range)
        found.append(Carried(place: text.map { .made($0) } ?? .place(capture.range), isLikeObject: true, isText: false))
      case .string where capture.isScratch:
        let text = Array(extractor.parts.scratch[capture.range])
        found.append(Carried(place: .made(text), isLikeObject: Self.beginsLikeObject(text.span, text.indices)))
      case .string:
        let start = mapping.isObject ? 0 : outer.range.lowerBound
        let range = start + capture.range.lowerBound..<start + capture.range.upperBound
        found.append(Carried(place: .place(range), isLikeObject: Self.beginsLikeObject(source, range)))
      case .escaped:
        let isLikeObject = Self.beginsLikeObject(source, capture.range)
        // Most of what only counts where it is known is text, and is not even copied.
        guard isLikeObject || !(mapping.content?.isOnlyKnown ?? true) else { continue }
        var text: [UInt8] = []
        JSONScan.unescape(source, capture.range, into: &text)
        found.append(Carried(place: .made(text), isLikeObject: isLikeObject))
      default: continue
      }
    }
    return found
  }

  private mutating func candidates(_ outer: Found, copyOf source: [UInt8]) -> [Carried] {
    candidates(outer, source.span)
  }

  /// Whether a text begins with a brace, behind blanks and line feeds that may be escaped.
  private static func beginsLikeObject(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
    var place = range.lowerBound
    let end = min(range.upperBound, place + RecordEnvelopes.mostBlanks)
    while place < end {
      switch bytes[place] {
      case 0x7B: return true
      case 0x20, 0x09, 0x0A, 0x0D: place += 1
      case 0x5C where place + 1 < end && [0x6E, 0x72, 0x74].contains(bytes[place + 1]): place += 2
      default: return false
      }
    }
    return false
  }

  private mutating func recogniseTrimmed(copy: [UInt8], _ range: inout Range<Int>) -> Int? {
    recogniseTrimmed(copy.span, &range)
  }

  private mutating func recogniseTrimmed(_ bytes: Span<UInt8>, _ range: inout Range<Int>) -> Int? {
    range = bytes.trimmed(range)
    while !range.isEmpty, bytes[range.lowerBound] == 0x0A {
      range = bytes.trimmed(range.lowerBound + 1..<range.upperBound)
    }
    if !range.isEmpty, bytes[range.upperBound - 1] == 0x0A {
      range = bytes.trimmed(range.lowerBound..<range.upperBound - 1)
    }
    return range.isEmpty ? nil : recognise(bytes, range)
  }

  private mutating func recognise(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
    if bytes[range.lowerBound] == 0x7B {
      var members = JSONMembers()
      let end = members.read(bytes.extracting(range), 0)
      if end == range.count {
        return MappingCatalogue.recognise(bytes.extracting(range), members)
      }
    }
    return recognise(bytes.extracting(range))
  }

  /// The container that printed what a chain of records carries, as `namespace/name`; nil where nothing tells. Of lines that
  /// nothing places nobody knows better than whoever gives them.
  private func printer(
    _ chain: [Found], _ bytes: Span<UInt8>, _ copies: [[UInt8]], envelope: Int
  ) -> String? {
    let envelope = envelopes[envelope]
    if let namespace = envelope[.kubernetesNamespace], let container = envelope[.kubernetesContainerName] {
      return namespace + "/" + container
    }
    for found in chain where MappingCatalogue.all[found.mapping].isObject {
      let name =
        found.copy < 0 ? Self.printer(bytes, found.range) : Self.printer(copyOf: copies[found.copy], found.range)
      if let name { return name }
    }
    return nil
  }

  private static func printer(copyOf bytes: [UInt8], _ range: Range<Int>) -> String? { printer(bytes.span, range) }

  private static func printer(_ bytes: Span<UInt8>, _ range: Range<Int>) -> String? {
    func text(_ path: String) -> String? {
      var found: String?
      let path = Array(path.utf8)
      JSONPath.values(bytes, range, .object, path: path.span) { range, kind in
        if kind == .string { found = bytes.text(Extractor.inner(range, kind)) }
        return false
      }
      return found
    }
    for (namespace, container) in [
      ("kubernetes.namespace_name", "kubernetes.container_name"), ("kubernetes.namespace", "kubernetes.container.name"),
      ("labels.namespace", "labels.container"), ("kubernetes.pod_namespace", "kubernetes.container_name"),
    ] {
      if let namespace = text(namespace), let container = text(container) { return namespace + "/" + container }
    }
    return nil
  }

  /// - Parameter count: of layers, the last ones.
  private mutating func push(
    _ original: Slot, layers count: Int, envelope: Int, line: Int, fault: RecordFault?, overrides: Bool,
    isService: Bool
  ) {
    let envelope = isService ? serviceEnvelope(envelope) : envelope
    let end = UInt32(layers.count)
    records.append(
      EventBatch.Record(
        original: original, layers: end - UInt32(count)..<end, header: extractor.header, identity: extractor.identity,
        envelope: UInt32(envelope), line: UInt32(clamping: line), fault: fault))
    columns.append(contentsOf: extractor.columns)
    guard !envelopes[envelope].entries.isEmpty else { return }
    let row = columns.count - Column.textCount
    let known = envelopeColumns[envelope] ?? makeColumns(envelope)
    for place in 0..<Column.textCount where !known[place].isNone {
      if overrides || columns[row + place].isNone { columns[row + place] = known[place] }
    }
  }

  /// The envelope without what it says of who printed a record: the pod that printed it is not the pod that it is about.
  private mutating func serviceEnvelope(_ envelope: Int) -> Int {
    if let known = serviceEnvelopes[envelope] { return known }
    let entries = envelopes[envelope].entries
    let kept = entries.filter { !Extractor.isOfPrinter($0.field) }
    var own = envelope
    if kept.count < entries.count {
      own = envelopes.count
      envelopes.append(Envelope(kept))
      envelopeColumns.append(nil)
    }
    serviceEnvelopes[envelope] = own
    return own
  }

  private mutating func makeColumns(_ envelope: Int) -> [Slot] {
    var slots = [Slot](repeating: .none, count: Column.textCount)
    for entry in envelopes[envelope].entries {
      guard let column = entry.field.column, column.isText, slots[column.slot].isNone else { continue }
      let start = extractor.arena.count
      extractor.arena += Array(entry.value.utf8)
      slots[column.slot] = Slot(start, extractor.arena.count, isMade: true)
    }
    envelopeColumns[envelope] = slots
    return slots
  }
}
