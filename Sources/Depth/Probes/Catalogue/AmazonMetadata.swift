import Findings

extension Probe {
  /// Lists the name of the role and not its credentials; the token that it asks for is thrown away.
  static let amazonMetadata = Probe(
    id: "amazon-metadata", kind: .metadata, title: "Metadata of an Amazon instance",
    rationale: "Whoever runs here takes the role of the node.",
    remediation: "Require IMDSv2 with a hop limit of 1, and stop pods' traffic to 169.254.169.254.",
    reference: Reference(
      "Amazon EC2: use the instance metadata service",
      "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html"),
    claim: .opens(.cloudIdentity),
    requests: { target in
      var token = ProbeRequest(target, port: 80, isSecure: false, "/latest/api/token").with(
        "X-aws-ec2-metadata-token-ttl-seconds", "1")
      token.method = .put
      token.isAnswerSecret = true
      return [
        ProbeRequest(target, port: 80, isSecure: false, "/latest/meta-data/iam/security-credentials/"), token,
      ]
    },
    judge: { responses in
      guard let plain = responses.first else { return .notAsked }
      if let answer = plain.answer, answer.status == 200, let role = AmazonRole.name(answer.body) {
        return .open(.high, "names the role \(role) to anybody here, without a token")
      }
      if plain.answer?.status == 401, let answer = responses.dropFirst().first?.answer, answer.status == 200 {
        return .open(.medium, "gives a token to whoever asks here: the hop limit reaches this far")
      }
      return ProbeResponse.judge([plain]) { ProbeResponse.other($0, than: "metadata of Amazon") }
    })
}

/// Names of roles. Source: AWS IAM, "CreateRole": word characters and `+=,.@-`, at most 64.
private enum AmazonRole {
  static func name(_ body: [UInt8]) -> String? {
    let lines = String(decoding: body, as: UTF8.self).split(whereSeparator: \.isNewline)
    guard lines.count == 1, let text = lines.first.map(String.init), text.utf8.count <= 64,
      text.utf8.allSatisfy({ byte in
        byte &- 0x30 < 10 || byte &- 0x41 < 26 || byte &- 0x61 < 26 || "_+=,.@-".utf8.contains(byte)
      })
    else { return nil }
    return text
  }
}
