import Collect
import Depth
import FakeCluster
import Findings
import NIOSSL
import TestKit
import Testing

/// Probes against servers on the loopback address: what is sent, how much is read, and what comes of trouble.
@Suite struct ProberTests {
  private static func limits(answerBytes: Int = 64 << 10) -> Prober.Limits {
    var limits = Prober.Limits()
    limits.answerBytes = answerBytes
    return limits
  }

  private static func tls(_ authority: VirtualAuthority, clientsToo: Bool = false) throws -> TLSConfiguration {
    try FakeCluster.mutualTLS(authority, try authority.server(), clientsToo: clientsToo)
  }

  private static func outcome(_ results: [ProbeResult], _ id: String) -> String? {
    results.first { $0.probe.id == id }?.outcome.name
  }

  private static func full(_ status: Int, _ body: String = "", _ headers: [(String, String)] = [])
    -> LoopbackServer.Answer
  {
    .full(status: status, headers: headers, body: Array(body.utf8))
  }

  @Test func anOpenKubeletIsFoundAndAClosedOneIsNot() async throws {
    let log = RequestLog()
    let authority = try VirtualAuthority()
    let open = try await LoopbackServer(tls: try Self.tls(authority)) { request in
      log.add(request)
      if request.uri == "/pods" { return Self.full(200, #"{"kind":"PodList","apiVersion":"v1","items":[]}"#) }
      return Self.full(404, "pod does not exist")
    }
    let closed = try await LoopbackServer(tls: try Self.tls(authority)) { _ in Self.full(401, "Unauthorized") }
    let targets = [open, closed].map { ProbeTarget(.kubelet, text: "kubelet", host: "127.0.0.1", port: $0.port) }
    let prober = Prober(limits: Self.limits())
    let found = await prober.run([targets[0]])
    #expect(Self.outcome(found, "kubelet-pods") == "open")
    #expect(Self.outcome(found, "kubelet-commands") == "open")
    let refused = await prober.run([targets[1]])
    #expect(Self.outcome(refused, "kubelet-pods") == "closed")
    #expect(Self.outcome(refused, "kubelet-commands") == "closed")
    for request in log.requests {
      #expect(request.method == "GET")
      #expect(request.header("Authorization") == nil && request.header("Cookie") == nil)
      #expect(request.header("User-Agent") == "bartizan")
    }
    #expect(log.requests.count == 2)
    await open.close()
    await closed.close()
  }

  @Test func etcdIsAskedForItsNumberOfKeysAlone() async throws {
    let log = RequestLog()
    let server = try await LoopbackServer(tls: nil) { request in
      log.add(request)
      if request.uri == "/version" { return Self.full(200, #"{"etcdserver":"3.5.9","etcdcluster":"3.5.0"}"#) }
      return Self.full(200, #"{"header":{"cluster_id":"7"},"count":"42"}"#)
    }
    let results = await Prober(limits: Self.limits()).run([
      ProbeTarget(.etcd, text: "etcd", host: "127.0.0.1", port: server.port)
    ])
    #expect(Self.outcome(results, "etcd-keys") == "open")
    #expect(Self.outcome(results, "etcd-version") == "open")
    let asked = log.requests.filter { $0.uri == "/v3/kv/range" }
    #expect(asked.count == 1)
    #expect(asked.allSatisfy { String(decoding: $0.body, as: UTF8.self).contains(#""count_only":true"#) })
    await server.close()
  }

  /// A server that asks for certificates of its clients is closed, whatever it does with plain text.
  @Test func aServerThatWantsACertificateIsClosed() async throws {
    let authority = try VirtualAuthority()
    let server = try await LoopbackServer(tls: try Self.tls(authority, clientsToo: true)) { _ in Self.full(200, "{}") }
    let results = await Prober(limits: Self.limits()).run([
      ProbeTarget(.etcd, text: "etcd", host: "127.0.0.1", port: server.port)
    ])
    #expect(Self.outcome(results, "etcd-keys") == "closed")
    await server.close()
  }

  @Test func anAPIServerIsAskedAsNobody() async throws {
    let log = RequestLog()
    let server = try await LoopbackServer(tls: nil) { request in
      log.add(request)
      switch request.uri {
      case "/version": return Self.full(200, #"{"major":"1","minor":"36","gitVersion":"v1.36.2"}"#)
      case "/api/v1/namespaces/bartizan-probe/secrets/bartizan-probe":
        return Self.full(404, #"{"kind":"Status","details":{"kind":"secrets"}}"#)
      default: return Self.full(403, #"{"kind":"Status"}"#)
      }
    }
    let target = ProbeTarget(
      .apiServer, text: "api", isSecure: false, host: "127.0.0.1", port: server.port)
    let results = await Prober(limits: Self.limits()).run([target])
    #expect(Self.outcome(results, "api-anonymous-requests") == "open")
    #expect(Self.outcome(results, "api-anonymous-namespaces") == "closed")
    #expect(Self.outcome(results, "api-anonymous-secrets") == "open")
    #expect(Self.outcome(results, "api-insecure-port") == "closed")
    #expect(log.requests.allSatisfy { $0.method == "GET" && $0.header("Authorization") == nil })
    await server.close()
  }

  @Test func aPortWhereNobodyListensIsAskedOnce() async throws {
    let port = try ReservedPort()
    let target = ProbeTarget(.kubelet, text: "kubelet", host: "127.0.0.1", port: port.number)
    let results = await Prober(limits: Self.limits()).run([target])
    #expect(results.count == 3)
    #expect(results.allSatisfy { $0.outcome.name == "absent" })
    #expect(results.flatMap(\.exchanges).count { $0.isSent } == 1)
  }

  @Test func aServerThatSaysNothingIsUnanswered() async throws {
    let server = try await LoopbackServer(tls: nil) { _ in .silence }
    var limits = Self.limits()
    limits.timeout = .milliseconds(200)
    let results = await Prober(limits: limits).run([
      ProbeTarget(.dashboard, text: "dashboard", isSecure: false, host: "127.0.0.1", port: server.port)
    ])
    #expect(results.count == 4)
    #expect(results.allSatisfy { $0.outcome.name == "unanswered" })
    #expect(results.flatMap(\.exchanges).count { $0.isSent } == 1)
    await server.close()
  }

  /// What breaks off, speaks no HTTP, drips or never ends is neither an open door nor a closed one, and ends.
  @Test func troubleIsNeitherOpenNorClosed() async throws {
    let scripts = [
      RawServer.Script("", closes: true), RawServer.Script("SSH-2.0-OpenSSH_9.6\r\n", closes: true),
      RawServer.Script("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{", drips: 0x20),
      RawServer.Script("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"kind\":", closes: true),
    ]
    for script in scripts {
      let server = try await RawServer(script)
      var limits = Self.limits()
      limits.timeout = .milliseconds(300)
      let results = await Prober(limits: limits).run([
        ProbeTarget(.apiServer, text: "api", isSecure: false, host: "127.0.0.1", port: server.port)
      ])
      for result in results {
        #expect(["unanswered", "notApplicable"].contains(result.outcome.name), "\(result.outcome)")
      }
      await server.close()
    }
  }

  @Test func aLongAnswerIsCutOffAndItsBeginningJudged() async throws {
    let authority = try VirtualAuthority()
    let body = #"{"kind":"PodList","items":["# + String(repeating: "0,", count: 100_000) + "0]}"
    let server = try await LoopbackServer(tls: try Self.tls(authority)) { _ in Self.full(200, body) }
    let results = await Prober(limits: Self.limits(answerBytes: 1_000)).run([
      ProbeTarget(.kubelet, text: "kubelet", host: "127.0.0.1", port: server.port)
    ])
    let result = try #require(results.first { $0.probe.id == "kubelet-pods" })
    #expect(result.outcome.name == "open")
    let answer = try #require(result.exchanges[0].response.answer)
    #expect(answer.body.count == 1_000 && !answer.isWhole)
    await server.close()
  }

  /// A redirect leads to a server that the user has not named.
  @Test func redirectsAreNotFollowed() async throws {
    let log = RequestLog()
    let other = try await LoopbackServer(tls: nil) { request in
      log.add(request)
      return Self.full(200, "{}")
    }
    let port = other.port
    let server = try await LoopbackServer(tls: nil) { _ in
      Self.full(302, "", [("Location", "http://127.0.0.1:\(port)/login")])
    }
    let results = await Prober(limits: Self.limits()).run([
      ProbeTarget(.service, text: "service", isSecure: false, host: "127.0.0.1", port: server.port)
    ])
    // Whom the other address lets in is not known.
    #expect(Self.outcome(results, "service-authentication") == "unanswered")
    #expect(Self.outcome(results, "service-plain-text") == "open")
    #expect(log.requests.isEmpty)
    await server.close()
    await other.close()
  }

  @Test func certificatesAndVersionsOfTLSAreTold() async throws {
    let authority = try VirtualAuthority()
    func certificate(_ pair: VirtualAuthority.Pair, trusted: Bool) async throws -> String? {
      var tls = try FakeCluster.mutualTLS(authority, pair, clientsToo: false)
      tls.minimumTLSVersion = trusted ? .tlsv12 : .tlsv1
      let server = try await LoopbackServer(tls: tls) { _ in Self.full(401) }
      let results = await Prober(authorities: trusted ? Array(authority.certificate.utf8) : nil, limits: Self.limits())
        .run([ProbeTarget(.service, text: "service", host: "127.0.0.1", port: server.port)])
      #expect(Self.outcome(results, "service-old-tls") == (trusted ? "closed" : "open"))
      #expect(Self.outcome(results, "service-authentication") == "closed")
      await server.close()
      return Self.outcome(results, "service-certificate")
    }
    #expect(try await certificate(try authority.server(), trusted: true) == "closed")
    #expect(try await certificate(try authority.server(), trusted: false) == "open")
    #expect(try await certificate(try authority.server(days: -1, startsIn: -5), trusted: true) == "open")
    #expect(try await certificate(try authority.server(names: ["x.invalid"], address: nil), trusted: true) == "open")
  }

  @Test func metadataIsAskedForNamesAndTheTokenIsThrownAway() async throws {
    let log = RequestLog()
    let server = try await LoopbackServer(tls: nil) { request in
      log.add(request)
      if request.method == "PUT" { return Self.full(200, "AQAEAsecrettoken") }
      return Self.full(401)
    }
    let results = await Prober(limits: Self.limits()).run([
      ProbeTarget(.metadata, text: "metadata", isSecure: false, host: "127.0.0.1", port: server.port)
    ])
    let amazon = try #require(results.first { $0.probe.id == "amazon-metadata" })
    #expect(amazon.outcome.severity == .medium)
    #expect(amazon.exchanges.allSatisfy { $0.response.answer?.holds("secrettoken") != true })
    #expect(log.requests.allSatisfy { $0.header("X-aws-ec2-metadata-token") == nil })
    await server.close()
  }

  @Test func rightsAreAskedWithTheIdentityAtItsOwnServerOnly() async throws {
    let log = RequestLog()
    let authority = try VirtualAuthority()
    let server = try await LoopbackServer(tls: try Self.tls(authority)) { request in
      log.add(request)
      let json = [("Content-Type", "application/json")]
      if request.uri.hasSuffix("/selfsubjectreviews") {
        return Self.full(201, #"{"status":{"userInfo":{"username":"system:serviceaccount:shop:web"}}}"#, json)
      }
      return Self.full(
        201,
        #"{"spec":{"namespace":"shop"},"status":{"incomplete":false,"resourceRules":[{"verbs":["get"],"apiGroups":[""],"resources":["secrets"]}]}}"#,
        json)
    }
    var endpoint = ClusterEndpoint(name: "pod", server: "https://127.0.0.1:\(server.port)")
    endpoint.certificateAuthority = Array(authority.certificate.utf8)
    endpoint.credential = .token("t0ken")
    var target = ProbeTarget(.rights, text: "rights")
    target.namespace = "shop\"}"
    let results = await Prober(identities: ["rights": .success(endpoint)], limits: Self.limits()).run([target])
    #expect(Self.outcome(results, "account-rights") == "open")
    #expect(log.requests.count == 2)
    #expect(log.requests.allSatisfy { $0.method == "POST" && $0.header("Authorization") == "Bearer t0ken" })
    // A name from a kubeconfig stays within its string.
    let bodies = log.requests.map { String(decoding: $0.body, as: UTF8.self) }
    #expect(bodies.contains { $0.contains(#""namespace":"shop\"}""#) })
    let nobody = await Prober(
      identities: ["rights": .failure(BartizanError(.usage, "not in a cluster"))], limits: Self.limits()
    ).run([target])
    #expect(Self.outcome(nobody, "account-rights") == "unanswered")
    await server.close()
  }
}
