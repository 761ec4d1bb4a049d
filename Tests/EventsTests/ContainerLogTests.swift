import Bytes
import Events
import TestKit
import Testing

@Suite struct ContainerLogTests {
  static let path = "/var/log/pods/shop_web-0_7c1b/app/0.log"

  @Test func linesOfTheRuntime() throws {
    let event = try EventExpectations.event(
      "2016-10-06T00:17:09.669794202Z stderr F The content of the log entry 1\n", path: Self.path)
    EventExpectations.expect(
      event, "container.log",
      [
        "@timestamp": "2016-10-06T00:17:09.669794202Z", "message": "The content of the log entry 1",
        "log.iostream": "stderr", "kubernetes.pod.name": "web-0", "kubernetes.namespace": "shop",
        "orchestrator.namespace": "shop", "kubernetes.container.name": "app", "kubernetes.pod.uid": "7c1b",
        "log.file.path": Self.path,
      ])
  }

  @Test func linksOfTheKubelet() {
    let id = String(repeating: "a1", count: 32)
    let envelope = Envelope(path: "/var/log/containers/web-0_shop_app-x-\(id).log")
    #expect(envelope[.kubernetesPodName] == "web-0")
    #expect(envelope[.kubernetesNamespace] == "shop")
    #expect(envelope[.kubernetesContainerName] == "app-x")
    #expect(envelope[.containerId] == id)
    #expect(Envelope(path: "/tmp/a_b_c.log").entries.map(\.field) == [.logFilePath])
  }

  @Test func piecesOfALineAreJoinedPerStream() throws {
    let text = """
      2026-01-01T00:00:01.000000001Z stdout P one
      2026-01-01T00:00:01.000000002Z stderr F other
      2026-01-01T00:00:01.000000003Z stdout P , two
      2026-01-01T00:00:01.000000004Z stdout F , three
      2026-01-01T00:00:02.000000001Z stdout F next

      """
    let batch = EventExpectations.batch(text)
    let said = batch.events.map { EventExpectations.text($0, "message") }.sorted()
    #expect(said == ["next", "one, two, three", "other"])
    let joined = try #require(batch.events.first { EventExpectations.text($0, "message").hasPrefix("one") })
    #expect(
      joined.originalText
        == text.split(separator: "\n").filter { $0.contains("stdout") }.prefix(3).joined(separator: "\n"))
    #expect(joined.time == Timestamp("2026-01-01T00:00:01.000000001Z"))
  }

  /// What is printed as one line may lie in two files, of which the second one finishes it.
  @Test func aLineOfTwoFilesIsJoined() throws {
    var first = EventDecoder(envelope: Envelope(path: Self.path))
    _ = first.decode(Array("2026-01-01T00:00:01.000000001Z stdout P first-\n".utf8))
    let (batch, open) = first.finishLeavingOpen()
    #expect(batch.count == 0 && batch.problems.isEmpty)
    let lines = try #require(open)
    var second = EventDecoder(envelope: Envelope(path: Self.path), continuing: lines)
    _ = second.decode(Array("2026-01-01T00:00:01.000000002Z stdout F second\n".utf8))
    let joined = second.finish()
    #expect(joined.events.map { EventExpectations.text($0, "message") } == ["first-second"])
    #expect(joined.events.map(\.line) == [1] && joined.problems.isEmpty)
    #expect(joined.events.first?.values(at: "container.log.partial").isEmpty == true)

    // Nothing finishes it: it is kept, and said to be a part.
    var alone = EventDecoder(envelope: Envelope(path: Self.path), continuing: lines)
    let unfinished = alone.finish()
    #expect(unfinished.events.map { EventExpectations.text($0, "message") } == ["first-"])
    #expect(unfinished.problems == [RecordProblem(.unfinished, line: 1)])
    #expect(unfinished.events.first?.values(at: "container.log.partial").map(\.text) == ["true"])
  }

  @Test func tracesAndDocumentsAreOneEvent() {
    func lines(_ text: String) -> String {
      text.split(separator: "\n", omittingEmptySubsequences: false).map {
        "2026-01-01T00:00:01.000000001Z stdout F \($0)"
      }
      .joined(separator: "\n")
    }
    let java =
      "Exception in thread \"main\" java.lang.X: no\n\tat a.b(C.java:1)\n\tat d.e(F.java:2)\nCaused by: java.lang.Y\n\t... 3 more"
    let python = "Traceback (most recent call last):\n  File \"a.py\", line 1, in <module>\n    x()\nValueError: no"
    let go = "panic: no\n\ngoroutine 1 [running]:\nmain.main()\n\t/a/main.go:3 +0x1d\nexit status 2"
    let document = "{\n  \"level\": \"info\",\n  \"msg\": \"pretty\"\n}"
    let text = lines([java, "plain", python, "other", go, "last", document, "end"].joined(separator: "\n"))
    let said = EventExpectations.batch(text).events.map { EventExpectations.text($0, "message") }
    #expect(said == [java, "plain", python, "other", go, "last", "pretty", "end"])
  }

  @Test func dockerLines() throws {
    let batch = EventExpectations.batch(
      #"""
      {"log":"hello \"world\"\n","stream":"stdout","time":"2026-01-01T00:00:01.5Z"}
      {"log":"a long ","stream":"stdout","time":"2026-01-01T00:00:02Z"}
      {"log":"line\n","stream":"stdout","time":"2026-01-01T00:00:02.1Z"}
      {"log":"{\"level\":\"error\",\"msg\":\"no\",\"n\":5}\n","stream":"stderr","time":"2026-01-01T00:00:03Z"}
      """#)
    let events = Array(batch.events)
    #expect(events.count == 3)
    EventExpectations.expect(
      events[0], "container.log", ["message": "hello \"world\"", "@timestamp": "2026-01-01T00:00:01.5Z"])
    EventExpectations.expect(events[1], "container.log", ["message": "a long line"])
    EventExpectations.expect(
      events[2], "container.log", ["message": "no", "log.level": "error", "n": "5", "log.iostream": "stderr"])
  }

  @Test func whatAContainerPrintsIsNoProof() throws {
    let audit = KubernetesAuditTests.exec
    let line = "2026-01-01T00:00:01.000000001Z stdout F \(audit)"
    let forged = try EventExpectations.event(line, path: Self.path)
    EventExpectations.expect(
      forged, "container.log",
      [
        "kubernetes.pod.name": "web-0", "orchestrator.namespace": "shop",
        "@timestamp": "2026-01-01T00:00:01.000000001Z",
        "verb": "get", "objectRef.name": "web-1",
      ])
    let server = try EventExpectations.event(
      line, path: "/var/log/pods/kube-system_kube-apiserver-a_1/kube-apiserver/0.log")
    EventExpectations.expect(
      server, "kubernetes.audit", ["user.name": "system:serviceaccount:shop:web", "bartizan.carrier": "container.log"])
    #expect(server.time == Timestamp("2026-11-28T10:00:00.250001Z"))
    let falco = #"{"output":"x","priority":"Warning","rule":"R","time":"2026-01-01T00:00:00Z","output_fields":{}}"#
    let alert = try EventExpectations.event(
      "2026-01-01T00:00:01.000000001Z stdout F \(falco)", path: "/var/log/pods/falco_falco-x_1/falco/0.log")
    #expect(alert.dataset == .falcoAlert)
    #expect(
      try EventExpectations.event("2026-01-01T00:00:01.000000001Z stdout F \(falco)", path: Self.path).dataset
        == .containerLog)
  }

  @Test func collectorsSayWhereALineComesFrom() throws {
    let event = try EventExpectations.event(
      #"{"log":"10.0.0.1 - - [28/Nov/2026:10:00:00 +0000] \"GET /x?a=1 HTTP/1.1\" 404 12 \"-\" \"curl/8\"\n","stream":"stdout","time":"2026-11-28T10:00:00.1Z","kubernetes":{"pod_name":"web-0","namespace_name":"shop","pod_id":"7c1b","host":"node-1","container_name":"nginx","docker_id":"abc","container_image":"nginx:1.27","labels":{"app":"web"}}}"#
    )
    EventExpectations.expect(
      event, "nginx.access",
      [
        "kubernetes.pod.name": "web-0", "orchestrator.namespace": "shop", "kubernetes.container.name": "nginx",
        "container.id": "abc", "container.image.name": "nginx:1.27", "source.ip": "10.0.0.1", "url.path": "/x",
        "url.query": "a=1", "http.response.status_code": "404", "event.outcome": "failure",
        "@timestamp": "2026-11-28T10:00:00.1Z", "kubernetes.node.name": "node-1", "kubernetes.labels.app": "web",
        "bartizan.carrier": "container.log",
      ])
  }

  @Test func linesThatNeverEndAreCutIntoEvents() {
    var options = DecodeOptions()
    options.joinedLines = 3
    let text = (0..<8).map { "2026-01-01T00:00:01.00000000\($0)Z stdout P \($0)" }.joined(separator: "\n")
    let said = EventExpectations.batch(text, options: options).events.map { EventExpectations.text($0, "message") }
    #expect(said == ["012", "345", "67"])
  }
}
