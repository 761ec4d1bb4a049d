import Admission
import ArgumentParser
import Bytes
import Findings
import Kube
import Operations
import Transport

struct AdmissionReviewCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "review", abstract: "Answer admission reviews as the API server would.",
    discussion: """
      EXAMPLES
        bartizan admission review reviews.jsonl --policies policies/
        bartizan admission review - --policies policies/ -f cluster.tar.gz
        bartizan admission review reviews.jsonl --policies policies/ --reviews

      A line is an AdmissionReview of admission.k8s.io/v1 or v1beta1, or the request in one; the object is taken as it \
      is, as a webhook gets it. The answer, in the same order, is {"uid", "allowed", "status", "message", "reason", \
      "warnings", "auditAnnotations", "patch"}, with "notEvaluated" where a policy could not be asked; with --reviews \
      it is an AdmissionReview with a response. A policy without a binding does nothing, as in the server.

      Exit code 1: a request is denied; 2: a line is no review; 3: a policy could not be asked.
      """)

  @Argument(help: "Reviews, one a line, or - for standard input.", completion: .file()) var reviews: String
  @OptionGroup var policies: PolicyArguments
  @OptionGroup var cluster: FileOptions
  @OptionGroup(title: "Live cluster") var live: ClusterOptions
  @Flag(name: .customLong("reviews"), help: "Answer with AdmissionReviews.") var answersReviews = false

  func run() async throws {
    var limits = Limits()
    limits.inputBytes = 2 << 30
    let own = try await policies.snapshot()
    let before = try await Input.admissionCluster(cluster.file, live)
    let input = AdmissionInput(policies: own, cluster: before)
    try policies.validate(input.policies)
    Input.tell(input.policies, unbound: .isNotInForce)
    let lines = try FileReader.named(reviews, limits: limits)
    let outcome = try AdmissionReviewBatch.answer(lines, input.judge, answersReviews ? .review : .answer) {
      StandardOutput.write($0)
    }
    if outcome.uncertain > 0 {
      StandardError.line(
        "\(Phrase.count(outcome.uncertain, "answer")) without the verdict of a policy; \"notEvaluated\" says why")
    }
    if outcome.failed > 0 {
      throw BartizanError(
        .input, "\(reviews): \(Phrase.count(outcome.failed, "line")) could not be read; the answers say why")
    }
    guard outcome.answered > 0 else { throw BartizanError(.input, "\(reviews): no review in it") }
    if outcome.refused > 0 { throw ExitCode(ExitStatus.findings) }
    let hidden = (own.problems + (before?.problems ?? [])).contains(where: \.hidesInput)
    let isPartial =
      hidden || outcome.uncertain > 0 || !input.policies.refused.isEmpty || !input.policies.untranslated.isEmpty
    throw ExitCode(isPartial ? ExitStatus.internalFailure : ExitStatus.clean)
  }
}
