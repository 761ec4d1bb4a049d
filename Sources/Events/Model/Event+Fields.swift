import Bytes

extension Event {
  /// All fields with their values, in the order of the catalogue. Columns are stored with the event, the others are
  /// read from the original.
  package func fields() -> [(field: FieldID, values: [FieldValue])] {
    var values = [[FieldValue]](repeating: [], count: FieldID.allCases.count)
    for column in Column.allCases { values[Int(column.field.rawValue)] = self.values(column) }
    values[Int(FieldID.eventKind.rawValue)] = [.text(kind.rawValue)]
    values[Int(FieldID.bartizanCarrier.rawValue)] = carriers.map { .text($0.rawValue) }
    if let fault { values[Int(FieldID.bartizanParseError.rawValue)] = [.text(fault.rawValue)] }
    for cold in extracted(\.full) where values[Int(cold.field.rawValue)].isEmpty || isCold(cold.field) {
      values[Int(cold.field.rawValue)].append(cold.value)
    }
    let isOverridden = isOverridden
    for entry in envelope.entries
    where values[Int(entry.field.rawValue)].isEmpty || isOverridden && isCold(entry.field) {
      values[Int(entry.field.rawValue)] = [Extractor.value(entry.field, entry.value, .string)]
    }
    return FieldID.allCases.compactMap { field in
      let found = values[Int(field.rawValue)]
      return found.isEmpty ? nil : (field, found)
    }
  }

  private func isCold(_ field: FieldID) -> Bool {
    field.column == nil && field != .eventKind && field != .bartizanCarrier && field != .bartizanParseError
  }

  /// The values of one field.
  package func values(_ field: FieldID) -> [FieldValue] {
    if let column = field.column { return values(column) }
    switch field {
    case .eventKind: return [.text(kind.rawValue)]
    case .eventModule: return [.text(String(dataset.rawValue.prefix { $0 != "." }))]
    case .eventOriginal: return [.text(originalText)]
    case .bartizanCarrier: return carriers.map { .text($0.rawValue) }
    case .bartizanParseError: return fault.map { [.text($0.rawValue)] } ?? []
    default: break
    }
    let overriding = isOverridden ? envelope[field] : nil
    if let overriding { return [Extractor.value(field, overriding, .string)] }
    let found = extracted { $0.plan(for: field) }.filter { $0.field == field }.map(\.value)
    if !found.isEmpty { return found }
    return envelope[field].map { [Extractor.value(field, $0, .string)] } ?? []
  }

  /// Whether the envelope takes precedence over the record, because a container printed the record.
  var isOverridden: Bool {
    var isOverridden = false
    eachLayer { _, _, role in
      isOverridden = isOverridden || role.overrides
      return true
    }
    return isOverridden
  }

  private func values(_ column: Column) -> [FieldValue] {
    switch column {
    case .timestamp: return time.map { [.time($0)] } ?? []
    case .ingested: return ingested.map { [.time($0)] } ?? []
    case .dataset: return [.text(dataset.rawValue)]
    case .category: return categories.names.map { .text($0) }
    case .type: return types.names.map { .text($0) }
    case .outcome: return outcome == .unknown ? [] : [.text(outcome.rawValue)]
    case .level: return level.map { [.text($0.name)] } ?? []
    case .statusCode: return statusCode.map { [.integer(Int64($0))] } ?? []
    default: return self[column].map { [.text($0)] } ?? []
    }
  }

  /// The first value of a field as text; nil where there is none.
  package func text(_ field: FieldID) -> String? { values(field).first?.text }

  // MARK: Reading the original again

  /// What a layer is to those within it.
  struct LayerRole {
    /// Whether what it says of where they come from holds against what they say.
    var overrides = false
    /// Whether it only carries what a service says of itself.
    var isAroundService = false
  }

  /// Visits the layers with their bytes from the innermost outward.
  func eachLayer(_ body: (_ mapping: Mapping, _ payload: Slot, _ role: LayerRole) -> Bool) {
    let layers = record.layers
    var overrides = false
    var isWithinService = false
    var inner: Mapping?
    for place in layers.reversed() {
      let layer = batch.layers[Int(place)]
      let mapping = MappingCatalogue.all[Int(layer.mapping)]
      if let inner, let content = mapping.content, content.isContainerOutput, !inner.isAuthoritative {
        overrides = true
      }
      if let inner, inner.isAuthoritative { isWithinService = true }
      let role = LayerRole(
        overrides: inner != nil && overrides, isAroundService: isWithinService && !mapping.isAuthoritative)
      guard body(mapping, layer.payload, role) else { return }
      inner = mapping
    }
  }

  private func extracted(_ plan: (Mapping) -> ExtractionPlan) -> [Extractor.Cold] {
    var extractor = Extractor(options: batch.options)
    extractor.keepsCold = true
    extractor.begin()
    eachLayer { mapping, payload, role in
      let plan = plan(mapping)
      guard !plan.steps.isEmpty else { return true }
      withBytes(payload) { bytes in
        extractor.enter(
          at: 0, isMade: true, overrides: role.overrides, isAroundService: role.isAroundService)
        extractor.read(mapping, plan, bytes, header: batch.header, options: batch.options)
      }
      return true
    }
    return extractor.cold
  }

  // MARK: Paths

  /// The values at a path in the original, for fields outside of the catalogue: as it is
  /// (`requestObject.spec.hostNetwork`) or with the prefix of the source
  /// (`kubernetes.audit.requestObject.spec.hostNetwork`).
  package func values(at path: String) -> [FieldValue] {
    if let field = FieldID(name: path) {
      let found = values(field)
      if !found.isEmpty { return found }
    }
    var found: [FieldValue] = []
    eachValue(at: PathPlan(path)) { bytes, range, kind in
      if let value = Self.value(bytes, range, kind) { found.append(value) }
      return found.count < 4096
    }
    return found
  }

  static func value(_ bytes: Span<UInt8>, _ range: Range<Int>, _ kind: JSONScan.Kind) -> FieldValue? {
    switch kind {
    case .string: return .text(bytes.text(range))
    case .escaped:
      var text: [UInt8] = []
      JSONScan.unescape(bytes, range, into: &text)
      return .text(String(decoding: text, as: UTF8.self))
    case .number:
      let text = bytes.text(range)
      return Int64(text).map { .integer($0) } ?? Double(text).map { .number($0) } ?? .text(text)
    case .yes: return .flag(true)
    case .no: return .flag(false)
    case .object, .array: return .text(bytes.text(range))
    case .null, .none: return nil
    }
  }

  /// Goes over the values of a path; strings without their quotes, with their escapes.
  func eachValue(
    at plan: PathPlan, _ body: (_ bytes: Span<UInt8>, _ range: Range<Int>, _ kind: JSONScan.Kind) -> Bool
  ) {
    var isDone = false
    eachLayer { mapping, payload, _ in
      for path in plan.natives(mapping) {
        withBytes(payload) { bytes in
          mapping.eachValue(bytes, path, header: batch.header, options: batch.options) { bytes, range, kind in
            isDone = true
            return body(bytes, range, kind)
          }
        }
        if isDone { return false }
      }
      return true
    }
  }
}

/// A path as each mapping understands it: without its prefix, and as it is.
struct PathPlan: Sendable {
  let path: String
  /// For each mapping of the catalogue, the native paths to try in order.
  private let paths: [[[UInt8]]]

  init(_ path: String) {
    self.path = path
    paths = MappingCatalogue.all.map { Self.natives(path, $0) }
  }

  /// The native paths of one mapping to try in order.
  static func natives(_ path: String, _ mapping: Mapping) -> [[UInt8]] {
    var natives: [[UInt8]] = []
    for alias in mapping.aliases {
      if alias.prefix.isEmpty {
        natives.append(Array((alias.native + "." + path).utf8))
      } else if path.hasPrefix(alias.prefix + ".") {
        let rest = path.dropFirst(alias.prefix.utf8.count + 1)
        natives.append(Array((alias.native.isEmpty ? String(rest) : alias.native + "." + rest).utf8))
      }
    }
    natives.append(Array(path.utf8))
    return natives
  }

  func natives(_ mapping: Mapping) -> [[UInt8]] { paths[mapping.place] }
}

extension Mapping {
  /// The rules that may set a field, compiled.
  func plan(for field: FieldID) -> ExtractionPlan { MappingCatalogue.plan(place, field) }

  /// Values of a native path in a record.
  func eachValue(
    _ bytes: Span<UInt8>, _ path: [UInt8], header: [String], options: DecodeOptions,
    _ body: (_ bytes: Span<UInt8>, _ range: Range<Int>, _ kind: JSONScan.Kind) -> Bool
  ) {
    switch form {
    case .object:
      JSONPath.values(bytes, 0..<bytes.count, .object, path: path.span) { range, kind in
        body(bytes, Extractor.inner(range, kind), kind)
      }
    case .line(let parse):
      var parts = LineParts()
      guard parseLine(bytes, header, options, parse, &parts) else { return }
      let scratch = parts.scratch
      for part in parts.parts where part.key.count == path.count {
        var isSame = true
        for offset in 0..<path.count where scratch[part.key.lowerBound + offset] != path[offset] { isSame = false }
        guard isSame else { continue }
        let goesOn = part.isScratch ? body(scratch.span, part.value, .string) : body(bytes, part.value, .string)
        guard goesOn else { return }
      }
    }
  }

  /// Parses a line of this mapping; the columns of a table have the names of its header.
  func parseLine(
    _ bytes: Span<UInt8>, _ header: [String], _ options: DecodeOptions,
    _ parse: @Sendable (_ bytes: Span<UInt8>, _ parts: inout LineParts) -> Bool, _ parts: inout LineParts
  ) -> Bool {
    guard dataset == .csv else { return parse(bytes, &parts) }
    var delimiter: UInt8 = 0x2C
    if case .csv(_, let given) = options.format { delimiter = given }
    return CSVRows.parse(bytes, header, delimiter, &parts)
  }
}

extension Extractor {
  /// Finds and applies in one go.
  mutating func read(
    _ mapping: Mapping, _ plan: ExtractionPlan, _ bytes: Span<UInt8>, header: [String], options: DecodeOptions
  ) {
    switch mapping.form {
    case .object: _ = find(plan, bytes, 0)
    case .line(let parse):
      _ = find(plan, line: bytes) { mapping.parseLine($0, header, options, parse, &$1) }
    }
    apply(plan, bytes)
  }
}
