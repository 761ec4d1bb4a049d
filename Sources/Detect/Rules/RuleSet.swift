package import Bytes
import Findings

/// Rules of all languages, read and compiled, with everything that was refused.
package struct RuleSet: Sendable {
  /// A rule about single events.
  package struct EventRule: Sendable {
    package var info: RuleInfo
    package var tree: MatchTree
    /// Whether only correlations ask for it, so that its own matches are no alerts.
    package var isQuiet = false
  }

  /// A file with rules.
  package struct Source: Sendable {
    package let path: String
    package let bytes: [UInt8]

    package init(path: String, bytes: [UInt8]) {
      self.path = path
      self.bytes = bytes
    }
  }

  package private(set) var rules: [EventRule] = []
  package private(set) var correlations: [SigmaCorrelation] = []
  package private(set) var errors: [RuleError] = []
  /// What is odd about rules that hold all the same: members that nobody reads, log sources and fields of no event.
  package private(set) var warnings: [RuleError] = []
  package private(set) var falco = FalcoRuleSet()

  package init() {}

  /// Reads rules. A rule with the id of an earlier one takes its place. What is refused is among `errors`, and the others
  /// hold.
  ///
  /// - Parameters:
  ///   - today: `YYYY-MM-DD`, from which exceptions that have expired no longer hold; nil for none.
  package init(_ sources: [Source], pipelines: [SigmaPipeline] = [], today: String? = nil, limits: Limits = .standard) {
    var documents: [SigmaReader.Document] = []
    var falco = FalcoReader()
    for source in sources {
      let stream = DocumentReader.read(source.bytes, limits: limits)
      for error in stream.errors {
        errors.append(
          RuleError(.unreadable(error.message), at: Location(file: source.path, line: error.line, column: error.column))
        )
      }
      if stream.documents.isEmpty, stream.errors.isEmpty {
        errors.append(RuleError(.unreadable("holds no rule"), at: Location(file: source.path)))
      }
      var global: DocumentNode?
      var previous: DocumentNode?
      for node in stream.documents {
        if node.isNull { continue }
        if node.array != nil {
          falco.read(node, file: source.path)
          continue
        }
        var node = node
        switch node["action"]?.text {
        case "global":
          global = node
          continue
        case "reset":
          global = nil
          continue
        case "repeat": node = Self.merged(previous ?? node, node)
        default: if let global { node = Self.merged(global, node) }
        }
        previous = node
        for key in SigmaKeys.unknown(in: node) {
          warnings.append(
            RuleError(
              .unknownKey(key.name, nearest: key.nearest), at: Location(file: source.path, line: key.line)))
        }
        do throws(RuleError) {
          guard let document = try SigmaReader.read(node, file: source.path) else {
            throw RuleError(.missing("detection"), at: Location(file: source.path, line: Int(node.line)))
          }
          documents.append(document)
        } catch {
          errors.append(error)
        }
      }
    }
    self.falco = falco.finish()
    errors += self.falco.errors
    compile(documents, pipelines.sorted { ($0.priority, $0.name) < ($1.priority, $1.name) }, today)
    errors.sort { ($0.location, $0.message) < ($1.location, $1.message) }
    // What is refused is not told twice.
    let refused = Set(errors.map(\.location))
    warnings = Set(warnings).filter { !refused.contains($0.location) }.sorted {
      ($0.location, $0.message) < ($1.location, $1.message)
    }
  }

  /// A document with the members of another where it has none itself.
  private static func merged(_ base: DocumentNode, _ node: DocumentNode) -> DocumentNode {
    guard let old = base.mapping, let new = node.mapping else { return node }
    var entries = new.entries.filter { $0.key != "action" }
    for entry in old.entries where entry.key != "action" {
      if let place = entries.firstIndex(where: { $0.key == entry.key }) {
        let value = entries[place].value
        entries[place] = Mapping.Entry(
          key: entry.key, line: entries[place].line, column: entries[place].column, value: merged(entry.value, value))
      } else {
        entries.append(entry)
      }
    }
    return node.with(.object(Mapping(entries)))
  }

  private mutating func compile(_ documents: [SigmaReader.Document], _ pipelines: [SigmaPipeline], _ today: String?) {
    var places: [String: Int] = [:]
    var correlationPlaces: [String: Int] = [:]
    var filters: [SigmaFilter] = []
    for document in documents {
      switch document {
      case .rule(var rule):
        do throws(RuleError) {
          for pipeline in pipelines { try pipeline.apply(to: &rule) }
          let tree = try Self.tree(rule, today)
          warnings += Self.oddities(rule)
          let made = EventRule(info: rule.info, tree: tree)
          if let place = places[rule.info.id] {
            rules[place] = made
          } else {
            places[rule.info.id] = rules.count
            rules.append(made)
          }
        } catch {
          errors.append(error)
        }
      case .correlation(let correlation):
        if let place = correlationPlaces[correlation.info.id] {
          correlations[place] = correlation
        } else {
          correlationPlaces[correlation.info.id] = correlations.count
          correlations.append(correlation)
        }
      case .filter(let filter): filters.append(filter)
      }
    }
    for filter in filters { apply(filter, pipelines) }
    link()
  }

  /// What no event can have.
  private static func oddities(_ rule: SigmaRule) -> [RuleError] {
    let info = rule.info
    var found = LogSourceNames.unknown(info.logSource).map { RuleError($0, at: info.location) }
    func visit(_ node: SigmaDetections.Node) {
      switch node {
      case .item(let item):
        for field in item.renamed ?? [item.field] {
          guard let reason = FieldTaxonomy.unseen(field, info.logSource) else { continue }
          found.append(RuleError(reason, at: Location(file: info.location.file, line: item.line)))
        }
      case .all(let nodes), .any(let nodes): for node in nodes { visit(node) }
      case .constant: break
      }
    }
    for detection in rule.detections.named { visit(detection.node) }
    for exception in rule.exceptions { visit(exception.node) }
    return found
  }

  /// Fields by which a correlation groups or counts, and that no event of a rule that it names has.
  private func oddities(_ correlation: SigmaCorrelation, _ names: [String: Int]) -> [RuleError] {
    var found: [RuleError] = []
    for reference in correlation.references {
      guard let place = names[reference] else { continue }
      for field in correlation.groupBy + correlation.fields {
        var own = field
        for alias in correlation.aliases where alias.name == field {
          own = alias.fields.first { $0.rule == reference }?.field ?? field
        }
        if let reason = FieldTaxonomy.unseen(own, rules[place].info.logSource) {
          found.append(RuleError(reason, at: correlation.info.location))
        }
      }
    }
    return found
  }

  private static func tree(_ rule: SigmaRule, _ today: String?) throws(RuleError) -> MatchTree {
    let file = rule.info.location.file
    let fail = { (reason: RuleError.Reason, line: Int) in RuleError(reason, at: Location(file: file, line: line)) }
    var tree = try rule.detections.tree(rule.info.logSource, line: rule.info.location.line, fail)
    for (exception, named) in zip(rule.info.exceptions, rule.exceptions) {
      if let today, let expires = exception.expires, expires <= today { continue }
      tree = .both(tree, .not(try named.node.tree(rule.info.logSource, fail)))
    }
    return tree
  }

  private mutating func apply(_ filter: SigmaFilter, _ pipelines: [SigmaPipeline]) {
    let isAny = filter.rules.contains { $0.lowercased() == "any" || $0 == "*" }
    var found: Set<String> = []
    for index in rules.indices {
      let info = rules[index].info
      let names = [info.id, info.name ?? info.id]
      let isNamed = filter.rules.contains { names.contains($0) }
      if isNamed { found.formUnion(filter.rules.filter { names.contains($0) }) }
      guard isNamed || isAny, Self.fits(filter.info.logSource, info.logSource) else { continue }
      do throws(RuleError) {
        var rule = SigmaRule(info: info, detections: filter.detections)
        for pipeline in pipelines { try pipeline.apply(to: &rule) }
        rules[index].tree = .both(rules[index].tree, try Self.tree(rule, nil))
      } catch {
        errors.append(RuleError(error.reason, at: filter.info.location))
        return
      }
    }
    for name in filter.rules where !isAny && !found.contains(name) {
      errors.append(RuleError(.unknownRule(name), at: filter.info.location))
    }
  }

  /// Whether a filter for a log source concerns a rule for another one.
  private static func fits(_ filter: LogSource, _ rule: LogSource) -> Bool {
    (filter.product == nil || filter.product == rule.product)
      && (filter.category == nil || filter.category == rule.category)
      && (filter.service == nil || filter.service == rule.service)
  }

  /// Finds the rules that correlations refer to. Rules that only serve correlations raise no alert of their own.
  private mutating func link() {
    var names: [String: Int] = [:]
    for (index, rule) in rules.enumerated() {
      names[rule.info.id] = index
      if let name = rule.info.name { names[name] = index }
    }
    var correlationNames: [String: Int] = [:]
    for (index, correlation) in correlations.enumerated() {
      correlationNames[correlation.info.id] = index
      if let name = correlation.info.name { correlationNames[name] = index }
    }
    // A correlation stands after those that it refers to.
    enum Mark { case open, done, broken }
    var marks: [Int: Mark] = [:]
    var order: [SigmaCorrelation] = []
    func visit(_ index: Int) -> RuleError? {
      switch marks[index] {
      case .done: return nil
      case .broken: return RuleError(.unknownRule(correlations[index].info.id), at: correlations[index].info.location)
      case .open: return RuleError(.circular(correlations[index].info.id), at: correlations[index].info.location)
      case nil: break
      }
      marks[index] = .open
      for name in correlations[index].references {
        if names[name] != nil { continue }
        guard let other = correlationNames[name] else {
          marks[index] = .broken
          return RuleError(.unknownRule(name), at: correlations[index].info.location)
        }
        if let error = visit(other) {
          marks[index] = .broken
          return RuleError(error.reason, at: correlations[index].info.location)
        }
      }
      marks[index] = .done
      order.append(correlations[index])
      return nil
    }
    var failed: [RuleError] = []
    for index in correlations.indices {
      if let error = visit(index), !failed.contains(error) { failed.append(error) }
    }
    errors += failed
    for correlation in order { warnings += oddities(correlation, names) }
    correlations = order
    let places = Dictionary(
      correlations.indices.flatMap { index in
        let info = correlations[index].info
        return [(info.id, index)] + (info.name.map { [($0, index)] } ?? [])
      }
    ) { _, last in last }
    for correlation in correlations where !correlation.generates {
      for name in correlation.references {
        if let place = names[name] { rules[place].isQuiet = true }
        if names[name] == nil, let place = places[name] { correlations[place].isQuiet = true }
      }
    }
  }
}

extension RuleSet {
  /// What can raise alerts says of itself, in no order.
  package var infos: [RuleInfo] {
    rules.filter { !$0.isQuiet }.map(\.info) + correlations.filter { !$0.isQuiet }.map(\.info)
      + falco.rules.map(\.info)
  }

  /// How many rules can raise alerts.
  package var alerting: Int { infos.count }

  /// Whether each rule can fire under an audit policy, by id.
  package func coverage(_ policy: AuditPolicy) -> [(rule: String, coverage: RuleCoverage)] {
    infos.sorted { $0.id < $1.id }.map { info in
      let parts = only(info.id)?.rules ?? []
      return (info.id, RuleCoverage(parts.map { ($0.tree, $0.info.logSource) }, policy))
    }
  }

  /// One rule or correlation with all that it refers to; nil where there is none with this id.
  package func only(_ id: String) -> RuleSet? {
    var wanted: Set<String> = [id]
    // Correlations stand after those that they refer to.
    for correlation in correlations.reversed() {
      if wanted.contains(correlation.info.id) || correlation.info.name.map(wanted.contains) ?? false {
        wanted.formUnion(correlation.references)
      }
    }
    func isWanted(_ info: RuleInfo) -> Bool { wanted.contains(info.id) || info.name.map(wanted.contains) ?? false }
    var set = RuleSet()
    set.rules = rules.filter { isWanted($0.info) }
    set.correlations = correlations.filter { isWanted($0.info) }
    set.falco.rules = falco.rules.filter { $0.info.id == id }
    return set.rules.isEmpty && set.falco.rules.isEmpty ? nil : set
  }
}

extension SigmaCorrelation {
  /// Ids or names of all rules that it refers to.
  package var references: [String] {
    var names = rules
    func visit(_ condition: SigmaCondition) {
      switch condition {
      case .name(let name): if !names.contains(name) { names.append(name) }
      case .not(let inner): visit(inner)
      case .all(let inner), .any(let inner): for condition in inner { visit(condition) }
      case .some: break
      }
    }
    if let condition { visit(condition) }
    return names
  }
}
