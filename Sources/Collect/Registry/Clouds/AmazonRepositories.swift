import Bytes
import Findings
import Images
import Transport

extension RegistryAdministration {
  /// Amazon ECR: policies, tags that can be moved, scans, what is kept.
  ///
  /// Source: Amazon ECR API reference, `DescribeRepositories`, `GetRepositoryPolicy`, `GetLifecyclePolicy`.
  static let amazon = RegistryAdministration(
    fits: { AmazonRegistry($0) != nil },
    look: { (registry, wanted, services) async throws(BartizanError) -> [RegistryObservation.Repository]? in
      guard let place = AmazonRegistry(registry),
        let credentials = try await AmazonCredentials.find(services, region: place.region)
      else { return nil }
      let api = AmazonRepositories(place: place, credentials: credentials, services: services)
      return try await api.all(wanted)
    })
}

private struct AmazonRepositories {
  let place: AmazonRegistry
  let credentials: AmazonCredentials
  let services: CloudService

  private func ask(_ action: String, _ body: [UInt8]) async throws(BartizanError) -> CloudService.Reply {
    let headers = AmazonSignature.headers(
      host: place.api, service: "ecr", region: place.region, credentials: credentials, time: UnixTime.now, body: body,
      others: [
        ("content-type", "application/x-amz-json-1.1"),
        ("x-amz-target", "AmazonEC2ContainerRegistry_V20150921.\(action)"),
      ])
    return try await services.send("https://\(place.api)/", method: .post, headers: headers, body: body)
  }

  private static func body(_ fields: [(String, String)], names: [String] = []) -> [UInt8] {
    var writer = JSONWriter(pretty: false)
    writer.object { writer in
      for (key, value) in fields { writer.field(key, value) }
      if !names.isEmpty { writer.field("repositoryNames", names) }
    }
    return writer.bytes
  }

  func all(_ wanted: [String]) async throws(BartizanError) -> [RegistryObservation.Repository] {
    var described: [DocumentNode] = []
    // The service takes a hundred names at a time; without any it lists all, in pages.
    let lists =
      wanted.isEmpty
      ? [[]] : stride(from: 0, to: wanted.count, by: 100).map { Array(wanted[$0..<min($0 + 100, wanted.count)]) }
    for names in lists {
      var next: String?
      repeat {
        let reply = try await ask(
          "DescribeRepositories", Self.body(next.map { [("nextToken", $0)] } ?? [], names: names))
        guard reply.status == 200, let document = reply.document else {
          throw CloudService.refused("Amazon ECR, DescribeRepositories,", reply)
        }
        described += document["repositories"]?.elements ?? []
        next = document["nextToken"]?.string
      } while next != nil && described.count < RegistryAdministrations.repositoryLimit
    }
    var found: [RegistryObservation.Repository] = []
    for item in described.prefix(RegistryAdministrations.repositoryLimit) {
      guard let name = item["repositoryName"]?.string else { continue }
      var repository = RegistryObservation.Repository(name: name)
      repository.canMoveTags = item["imageTagMutability"]?.string.map { $0.hasPrefix("MUTABLE") }
      repository.scansOnPush = item[path: "imageScanningConfiguration", "scanOnPush"]?.bool
      repository.isKeptForever = try await isMissing("GetLifecyclePolicy", name, "LifecyclePolicyNotFoundException")
      let policy = try await ask("GetRepositoryPolicy", Self.body([("repositoryName", name)]))
      if policy.status == 200, let text = policy.document?["policyText"]?.string,
        let document = try? JSONReader.read(text)
      {
        repository.openActions = Self.openActions(document)
      } else if !Self.says(policy, "RepositoryPolicyNotFoundException") {
        throw CloudService.refused("Amazon ECR, GetRepositoryPolicy of \(name),", policy)
      }
      found.append(repository)
    }
    return found
  }

  private func isMissing(_ action: String, _ name: String, _ exception: String) async throws(BartizanError) -> Bool? {
    let reply = try await ask(action, Self.body([("repositoryName", name)]))
    if reply.status == 200 { return false }
    return Self.says(reply, exception) ? true : nil
  }

  /// The kind of an error, which stands behind a name space.
  private static func says(_ reply: CloudService.Reply, _ exception: String) -> Bool {
    reply.document?["__type"]?.string?.hasSuffix(exception) == true
  }

  /// What a policy allows everybody, without a condition.
  ///
  /// Source: IAM user guide, "AWS JSON policy elements: Principal".
  static func openActions(_ policy: DocumentNode) -> [String] {
    func texts(_ node: DocumentNode?) -> [String] { node?.string.map { [$0] } ?? node?.strings ?? [] }
    let statements = policy["Statement"].map { $0.array ?? [$0] } ?? []
    let actions = statements.filter { statement in
      let principal = statement["Principal"]
      let everybody = texts(principal) + texts(principal?["AWS"])
      return statement["Effect"]?.string == "Allow" && everybody.contains("*") && statement["Condition"] == nil
    }.flatMap { texts($0["Action"]) + ($0["NotAction"] == nil ? [] : ["*"]) }
    return Set(actions).sorted()
  }
}
