import Access
import ArgumentParser
import Bytes
import Collect
import Findings

struct RBACCanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "can", abstract: "May a subject do something, and which binding and rule decide?",
    discussion: """
      EXAMPLES
        bartizan rbac can ci/runner create deployments.apps -n shop -f cluster.yaml
        bartizan rbac can group:developers create pods/exec -n payments -f manifests/
        bartizan rbac can kim@example.com get /metrics -f cluster.yaml
        bartizan rbac can --batch questions.jsonl -f cluster.yaml

      A line of a batch is {"user", "groups", "verb", "apiGroup", "resource", "subresource", "namespace", "name"} or
      {"user", "verb", "path"}; the answer is the same with "allowed" and "reason", in the same order. Without "groups"
      those count that the API server adds itself. Exit code 1: no.
      """)

  @OptionGroup var input: RBACSources
  @Argument(help: "NAMESPACE/NAME, group:NAME or a user's name.") var subject: String?
  @Argument(help: "get, list, create, … or *.") var verb: String?
  @Argument(help: "pods, deployments.apps/scale, … or a path.") var resource: String?
  @Option(name: .shortAndLong, help: "In this namespace; without it, in all of them.") var namespace: String = ""
  @Option(help: "Name of the object.") var name: String = ""
  @Option(help: "Groups of the user beside those that the server adds. Repeatable.") var group: [String] = []
  @Option(help: "Questions, one JSON object a line; - for standard input.", completion: .file()) var batch: String?
  @Option(help: "table or json.") var format: AnswerFormat = .table

  func run() async throws {
    if let batch {
      guard subject == nil else { throw BartizanError(.usage, "either a question or --batch, not both") }
      try await answerBatch(batch)
      return
    }
    guard let subject, let verb, let resource else {
      throw BartizanError(.usage, "rbac can wants SUBJECT VERB RESOURCE, or --batch FILE")
    }
    let inventory = try await input.inventory()
    let parsed = AccessSubject(argument: subject)
    let own = parsed.identity
    let identity = Identity(user: own.user, groups: own.groups + group)
    let request = AccessRequest(
      identity: identity, verb: verb, target: ResourceArgument.target(resource, namespace: namespace, name: name))
    let authorizer = Authorizer(inventory)
    let verdict = authorizer.decide(request)
    if !inventory.allSubjects.contains(parsed), parsed.kind == "ServiceAccount" {
      StandardError.line(
        "bartizan: \(parsed.text) is neither an object nor named by a binding of the input; it holds what its groups hold"
      )
    }
    switch format {
    case .json:
      StandardOutput.answer("AccessAnswer") { writer in
        writer.field("subject", parsed.text)
        writer.field("verb", verb)
        writer.field("resource", resource)
        writer.field("namespace", namespace)
        writer.field("allowed", verdict.isAllowed)
        writer.field("reason", authorizer.reason(verdict))
        writer.key("grants")
        writer.array(of: authorizer.grants(request)) { writer, grant in
          writer.object { writer in
            writer.field("binding", inventory.describe(binding: grant.binding))
            writer.field("location", inventory.place(binding: grant.binding))
            writer.field("ruleLocation", inventory.place(rule: grant.rule, binding: grant.binding))
          }
        }
      }
    case .table:
      var text = "\(verdict.isAllowed ? "yes" : "no"): \(authorizer.reason(verdict))\n"
      for grant in authorizer.grants(request) {
        guard let role = inventory.bindings[grant.binding].role else { continue }
        text += "  \(inventory.describe(binding: grant.binding)), \(inventory.place(binding: grant.binding))\n"
        text += "    rule \(grant.rule + 1): \(inventory.roles[role].rules[grant.rule].text), "
        text += "\(inventory.place(rule: grant.rule, binding: grant.binding))\n"
      }
      StandardOutput.write(text)
    }
    throw ExitCode(verdict.isAllowed ? ExitStatus.clean : ExitStatus.findings)
  }

  private func answerBatch(_ path: String) async throws {
    let bytes = try BatchFile.bytes(path, most: 2 << 30)
    let authorizer = Authorizer(try await input.inventory())
    var failed = 0
    for chunk in LineChunks(bytes) {
      let stream = JSONReader.readStream(bytes.span.extracting(chunk), limits: .standard)
      let lines = LineChunks.lines(bytes, chunk)
      var writer = JSONWriter(pretty: false)
      if stream.errors.isEmpty, stream.documents.count == lines.count {
        for document in stream.documents { if !answer(document, authorizer, &writer) { failed += 1 } }
      } else {
        // A broken line among them: each by itself, so that answers keep to their questions.
        for line in lines {
          let one = JSONReader.readStream(bytes.span.extracting(line), limits: .standard)
          if let error = one.errors.first {
            fail("not JSON: \(error.message)", &writer)
            failed += 1
          } else if let document = one.documents.first {
            if !answer(document, authorizer, &writer) { failed += 1 }
          }
        }
      }
      StandardOutput.write(writer.bytes)
    }
    if failed > 0 {
      throw BartizanError(
        .input, "\(path): \(failed) question\(failed == 1 ? "" : "s") could not be read; their answers say why")
    }
  }

  private func answer(_ document: DocumentNode, _ authorizer: Authorizer, _ writer: inout JSONWriter) -> Bool {
    let request: AccessRequest
    do throws(AccessRequest.Invalid) {
      request = try AccessRequest(document)
    } catch {
      fail(error.message, &writer)
      return false
    }
    let verdict = authorizer.decide(request)
    writer.object { writer in
      for entry in document.entries where entry.key != "allowed" && entry.key != "reason" {
        writer.key(entry.key)
        writer.value(entry.value)
      }
      writer.field("allowed", verdict.isAllowed)
      writer.field("reason", authorizer.reason(verdict))
    }
    writer.endLine()
    return true
  }

  private func fail(_ message: String, _ writer: inout JSONWriter) {
    writer.object { $0.field("error", message) }
    writer.endLine()
  }
}
