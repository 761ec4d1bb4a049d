import Access
import ArgumentParser
import Bytes
import Findings
import Operations
import Report
import Transport

struct RBACCanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "can", abstract: "Check whether a subject may do something, and which binding and rule decide.",
    discussion: """
      EXAMPLES
        bartizan rbac can ci/runner create deployments.apps -n shop -f cluster.yaml
        bartizan rbac can group:developers create pods/exec -n payments -f manifests/
        bartizan rbac can kim@example.com get /metrics -f cluster.yaml
        bartizan rbac can --batch questions.jsonl -f cluster.yaml

      A line of a batch is {"user", "groups", "verb", "apiGroup", "resource", "subresource", "namespace", "name"} or \
      {"user", "verb", "path"}; the answer is the same with "allowed" and "reason", in the same order. Users and resources \
      are written as in a single question; with "apiGroup" the resource is the API's. Without \
      "groups" those count that the API server adds itself. Exit code 1: no; 3: unknown, since something that may allow \
      it was not seen.
      """)

  @OptionGroup var input: FileOptions
  @OptionGroup(title: "Live cluster") var cluster: ClusterOptions
  @Argument(help: "NAMESPACE/NAME, group:NAME or a user's name.") var subject: String?
  @Argument(help: "get, list, create, … or *.") var verb: String?
  @Argument(help: "pods, deployments.apps/scale, … or a path.") var resource: String?
  @Option(name: .shortAndLong, help: "In this namespace; in all of them by default.", transform: Input.namespace)
  var namespace: String = ""
  @Option(help: "Name of the object.") var name: String = ""
  @OptionGroup var groups: GroupOptions
  @Option(help: "Questions, one JSON object a line; - for standard input.", completion: .file()) var batch: String?
  @OptionGroup var output: OutputOptions<AccessAnswer>

  func validate() throws {
    guard batch != nil, output.format != nil || !output.output.isEmpty else { return }
    throw ValidationError(
      "--batch answers with JSON lines on standard output; it takes neither --format nor --output")
  }

  func run() async throws {
    if let batch {
      guard subject == nil else { throw BartizanError(.usage, "either a question or --batch, not both") }
      return try await answer(batch: batch)
    }
    guard let subject, let verb, let resource else {
      throw BartizanError(.usage, "rbac can needs SUBJECT VERB RESOURCE, or --batch FILE")
    }
    let (principal, inventory) = try groups.subject(subject, in: try await input.inventory(cluster))
    let question = try ResourceName(
      resource, verb: verb, namespace: namespace, name: name, ResourceNames(inventory))
    for remark in question.remarks + inventory.remarks(onNamespace: namespace) { StandardError.line(remark) }
    let request = AccessRequest(
      identity: inventory.identity(of: principal), verb: verb, target: question.target)
    let authorizer = Authorizer(inventory)
    let other = authorizer.decide(request).isAllowed ? nil : request.alternative
    let asked = other.map { authorizer.decide($0).isAllowed ? $0 : request } ?? request
    let answer = AccessAnswer(
      asked, of: principal, verb: verb, resource: resource, namespace: namespace, inventory)
    try output.give(answer)
    throw ExitCode(
      answer.isAllowed ? ExitStatus.clean : answer.isKnown ? ExitStatus.findings : ExitStatus.unknown)
  }

  private func answer(batch: String) async throws {
    var limits = Limits()
    limits.inputBytes = 2 << 30
    let questions = try FileReader.named(batch, limits: limits)
    let inventory = try await input.inventory(cluster)
    let outcome = try AccessBatch.answer(questions, inventory) { StandardOutput.write($0) }
    try outcome.validate(batch)
    if outcome.unknown > 0 { throw ExitCode(ExitStatus.unknown) }
  }
}
