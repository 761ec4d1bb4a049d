package import Access
import Bytes
import Findings

/// Questions about access, one JSON object per line, answered in order.
package enum AccessBatch {
  /// - Parameters:
  ///   - questions: `{"user", "groups", "verb", "apiGroup", "resource", "subresource", "namespace", "name"}` or
  ///     `{"user", "verb", "path"}`, with any `id`. A line with another key is refused. Users and resources are read as those of a single
  ///     question are; with `apiGroup` the question is in the terms of the API, and a resource that nothing knows is asked for as it is.
  ///   - sink: receives each question with `allowed`, `reason` and any `remarks`, or with `error`.
  package static func answer(
    _ questions: [UInt8], _ inventory: AccessInventory, to sink: ([UInt8]) -> Void
  ) throws -> BatchOutcome {
    let authorizer = Authorizer(inventory)
    var words = Words(inventory)
    var outcome = BatchOutcome()
    for chunk in LineChunks(questions) {
      try Task.checkCancellation()
      let stream = JSONReader.readStream(questions.span.extracting(chunk), limits: .standard)
      let lines = LineChunks.lines(questions, chunk)
      var writer = JSONWriter(pretty: false)
      if stream.errors.isEmpty, stream.documents.count == lines.count {
        for document in stream.documents { answer(document, authorizer, &words, &writer, &outcome) }
      } else {
        // Some line is invalid: read each by itself, so that answers match their questions.
        for line in lines {
          let one = JSONReader.readStream(questions.span.extracting(line), limits: .standard)
          if let error = one.errors.first {
            fail("not JSON: \(error.message)", &writer, &outcome)
          } else if let document = one.documents.first {
            answer(document, authorizer, &words, &writer, &outcome)
          }
        }
      }
      sink(writer.bytes)
    }
    return outcome
  }

  private static let keys = [
    "id", "user", "username", "groups", "verb", "apiGroup", "group", "resource", "subresource", "namespace", "name",
    "path",
  ]
  /// Of an answer, so that answers can be asked again.
  private static let answerKeys: Set<String> = ["allowed", "reason", "remarks"]

  private static func answer(
    _ document: DocumentNode, _ authorizer: Authorizer, _ words: inout Words, _ writer: inout JSONWriter,
    _ outcome: inout BatchOutcome
  ) {
    // A key that is misspelt would make the question another one.
    if let key = document.entries.map(\.key).first(where: { !keys.contains($0) && !answerKeys.contains($0) }) {
      return fail("unknown key \"\(key)\"; a question has \(keys.joined(separator: ", "))", &writer, &outcome)
    }
    let request: AccessRequest
    let remarks: [String]
    do throws(BartizanError) { (request, remarks) = try words.request(document) } catch {
      return fail(error.message, &writer, &outcome)
    }
    let verdict = authorizer.decide(request)
    outcome.answered += 1
    if !verdict.isKnown { outcome.unknown += 1 }
    writer.object { writer in
      for entry in document.entries where !answerKeys.contains(entry.key) {
        writer.key(entry.key)
        writer.value(entry.value)
      }
      writer.key("allowed")
      if verdict.isKnown { writer.value(verdict.isAllowed) } else { writer.null() }
      writer.field("reason", authorizer.reason(verdict))
      if !remarks.isEmpty { writer.field("remarks", remarks) }
    }
    writer.endLine()
  }

  /// Reads the words of questions as those of a single question are read: each of them once.
  private struct Words {
    private let inventory: AccessInventory
    private let names: ResourceNames
    /// Whether the input knows nothing of one.
    private var strangers: [AccessSubject: Bool] = [:]
    private var subjects: [String: AccessSubject] = [:]
    /// What is to be said of each.
    private var namespaces: [String: [String]] = [:]
    private var resources: [Asked: ResourceName] = [:]

    /// What a resource is found by.
    private struct Asked: Hashable {
      let verb: String
      let text: String
      let group: String?
      let hasNamespace: Bool
    }

    init(_ inventory: AccessInventory) {
      self.inventory = inventory
      names = ResourceNames(inventory)
    }

    /// - Throws: `BartizanError` for what is no question, and for words that name nothing.
    mutating func request(
      _ node: DocumentNode
    ) throws(BartizanError) -> (request: AccessRequest, remarks: [String]) {
      guard node.mapping != nil else { throw BartizanError(.input, "not an object") }
      func text(_ keys: String...) throws(BartizanError) -> String? {
        for key in keys {
          guard let value = node[key], !value.isNull else { continue }
          guard let text = value.string else { throw BartizanError(.input, "\(key) is not a text") }
          return text
        }
        return nil
      }
      guard let user = try text("user", "username") else { throw BartizanError(.input, "it has no user") }
      guard let verb = try text("verb") else { throw BartizanError(.input, "it has no verb") }
      let (identity, unheard) = try identity(user, groups: node["groups"])
      let group = try text("apiGroup", "group")
      if let path = try text("path") {
        return (AccessRequest(identity: identity, verb: verb, target: .path(path)), unheard)
      }
      guard let word = try text("resource") else {
        throw BartizanError(.input, "it has neither resource nor path")
      }
      let subresource = try text("subresource") ?? ""
      let namespace = try text("namespace") ?? ""
      let asked = Asked(
        verb: verb, text: subresource.isEmpty ? word : word + "/" + subresource, group: group,
        hasNamespace: !namespace.isEmpty)
      let question: ResourceName
      if let known = resources[asked] {
        question = known
      } else {
        question = try ResourceName(
          asked.text, group: group, verb: verb, namespace: namespace, name: "", isLiteral: group != nil, names)
        resources[asked] = question
      }
      let target = question.target.naming(try text("name") ?? "", in: namespace)
      let strange: [String]
      if let known = namespaces[namespace] {
        strange = known
      } else {
        strange = inventory.remarks(onNamespace: namespace)
        namespaces[namespace] = strange
      }
      return (AccessRequest(identity: identity, verb: verb, target: target), unheard + question.remarks + strange)
    }

    /// Who asks, and what is to be said of the name.
    private mutating func identity(
      _ user: String, groups: DocumentNode?
    ) throws(BartizanError) -> (identity: Identity, remarks: [String]) {
      let groups = groups.flatMap { $0.isNull ? nil : $0 }
      var own: [String] = []
      if let groups {
        guard let nodes = groups.array else { throw BartizanError(.input, "groups is not a list") }
        own = nodes.compactMap(\.string)
        guard own.count == nodes.count else { throw BartizanError(.input, "groups holds what is not a text") }
        // Members of groups, whoever they are.
        if user.isEmpty { return (Identity(user: "", groups: own), []) }
      }
      let subject: AccessSubject
      if let known = subjects[user] {
        subject = known
      } else {
        subject = try inventory.subject(argument: user)
        subjects[user] = subject
      }
      guard groups != nil else {
        let isStrange: Bool
        if let known = strangers[subject] {
          isStrange = known
        } else {
          isStrange = !inventory.knows(subject)
          strangers[subject] = isStrange
        }
        if isStrange { return (subject.identity, [subject.notInTheInput]) }
        return (inventory.identity(of: subject), [])
      }
      // Who is asked about with groups is a user, also one that bears the name of a group.
      if case .group = subject {
        guard !user.hasPrefix("group:") else {
          throw BartizanError(.input, "\"\(user)\" is a group, which is in no other")
        }
        return (Identity(user: user, groups: own), [])
      }
      return (Identity(user: subject.identity.user, groups: own), [])
    }
  }

  private static func fail(_ message: String, _ writer: inout JSONWriter, _ outcome: inout BatchOutcome) {
    outcome.failed += 1
    writer.object { $0.field("error", message) }
    writer.endLine()
  }
}
