import Bytes
import Events
import TestKit
import Testing

/// Records within records: whatever carried one, it is the same event.
@Suite struct RecordEnvelopeTests {
  /// A binding written at the API server.
  static let record =
    #"{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"RequestResponse","auditID":"7c2d1b64-0000-4000-8000-000000000001","stage":"ResponseComplete","requestURI":"/apis/rbac.authorization.k8s.io/v1/clusterrolebindings","verb":"create","user":{"username":"kim","groups":["dev"]},"sourceIPs":["192.0.2.7"],"userAgent":"kubectl/v1.36.2","objectRef":{"resource":"clusterrolebindings","name":"all","apiGroup":"rbac.authorization.k8s.io","apiVersion":"v1"},"responseStatus":{"code":201},"requestObject":{"roleRef":{"name":"cluster-admin"}},"requestReceivedTimestamp":"2026-03-02T10:00:00.000000Z","stageTimestamp":"2026-03-02T10:00:00.100000Z"}"#

  static func quoted(_ text: String) -> String {
    var writer = JSONWriter(pretty: false)
    writer.value(text)
    return writer.text
  }

  /// Envelopes; `TEXT` stands for the record as text, `RECORD` for the record.
  static let shapes: [String] = [
    // Filebeat and Elastic Agent, with and without a time.
    #"{"@timestamp":"2026-03-02T10:00:05Z","message":TEXT,"log":{"offset":1,"file":{"path":"/a"}},"input":{"type":"filestream"},"agent":{"name":"cp1"},"user":{"name":"root"}}"#,
    #"{"message":TEXT,"log":{"offset":1},"input":{"type":"log"}}"#, #"{"message":TEXT}"#,
    #"{"message":RECORD,"host":"cp1"}"#,
    #"{"kubernetes":{"audit":RECORD},"agent":{"type":"filebeat"}}"#,
    #"{"@timestamp":"2026-03-02T10:00:05Z","event":{"original":TEXT}}"#,
    // Fluent Bit, Fluentd, Docker, CRI.
    #"{"date":1772445605.1,"log":TEXT}"#, #"{"log":TEXT}"#, #"{"log_processed":RECORD,"stream":"stdout"}"#,
    #"{"log":TEXT,"log_processed":RECORD,"kubernetes":{"namespace_name":"kube-system","container_name":"kube-apiserver","pod_name":"kube-apiserver-cp1","host":"cp1"}}"#,
    #"{"log":TEXT,"stream":"stdout","time":"2026-03-02T10:00:05Z"}"#,
    "2026-03-02T10:00:05.000000000Z stdout F RECORD",
    // Promtail and Loki.
    #"{"line":TEXT,"labels":{"job":"audit"},"timestamp":"2026-03-02T10:00:05Z"}"#,
    #"{"streams":[{"stream":{"job":"audit"},"values":[["1772445605000000000",TEXT]]}]}"#,
    #"{"status":"success","data":{"resultType":"streams","result":[{"stream":{},"values":[["1772445605000000000",TEXT]]}]}}"#,
    // Elasticsearch and OpenSearch.
    #"{"_index":"audit","_id":"1","_source":RECORD}"#,
    #"{"_index":"audit","_id":"1","_source":{"message":TEXT,"agent":{}}}"#,
    #"{"took":1,"timed_out":false,"hits":{"total":{"value":1},"hits":[{"_index":"a","_id":"1","_source":RECORD}]}}"#,
    // Splunk, Sumo Logic, Graylog, Vector.
    #"{"_raw":TEXT,"_time":"2026-03-02T10:00:05Z","sourcetype":"audit"}"#,
    #"{"preview":false,"result":{"_raw":TEXT,"sourcetype":"audit"}}"#,
    #"{"time":1772445605,"event":RECORD,"sourcetype":"audit"}"#,
    #"{"version":"1.1","host":"cp1","short_message":TEXT}"#,
    #"{"file":"/a","host":"cp1","message":TEXT,"source_type":"file"}"#,
    // OpenTelemetry.
    #"{"Timestamp":"1772445605000000000","Body":TEXT,"Attributes":{}}"#, #"{"body":RECORD,"attributes":{}}"#,
    #"{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":"1772445605000000000","body":{"stringValue":TEXT}}]}]}]}"#,
    // CloudWatch Logs.
    #"{"logEvents":[{"id":"1","timestamp":1772445605000,"message":TEXT}],"logGroup":"/aws/eks/x/cluster","owner":"1"}"#,
    #"{"@timestamp":"2026-03-02 10:00:05.000","@message":TEXT}"#,
    #"{"@timestamp":"2026-03-02 10:00:05.000","@message":RECORD}"#,
    #"{"results":[[{"field":"@timestamp","value":"2026-03-02 10:00:05.000"},{"field":"@message","value":TEXT}]],"status":"Complete"}"#,
    // Google, Azure, journald, syslog, queues, tools.
    #"{"insertId":"x","logName":"projects/p/logs/a","jsonPayload":RECORD}"#,
    #"{"TimeGenerated":"2026-03-02T10:00:05Z","log_s":TEXT}"#,
    #"{"MESSAGE":TEXT,"_HOSTNAME":"cp1","SYSLOG_IDENTIFIER":"kube-apiserver"}"#,
    "<134>Mar  2 10:00:05 cp1 kube-audit: RECORD", #"{"value":TEXT,"offset":3,"topic":"t"}"#,
    #"{"tag":"audit","time":1772445605,"record":RECORD}"#, "2026-03-02T10:00:05.000Z RECORD",
    "[pod/kube-apiserver-cp1/kube-apiserver] RECORD", "TEXT",
  ]

  static func wrapped(_ shape: String, _ record: String = record) -> String {
    shape.replacing("TEXT", with: quoted(record)).replacing("RECORD", with: record)
  }

  /// Fields of the carrier that an event may have beside its own.
  static let surroundings: Set<String> = [
    "host.name", "event.original", "bartizan.carrier", "log.iostream", "log.file.path", "cloud.provider",
    "cloud.account.id", "orchestrator.cluster.name", "cloud.region",
  ]

  @Test(arguments: shapes)
  func sameAsDirect(_ shape: String) throws {
    let direct = try EventExpectations.event(Self.record)
    let text = Self.wrapped(shape)
    let event = try EventExpectations.event(text)
    #expect(event.dataset == .kubernetesAudit && event.time == direct.time)
    #expect(event.carriers.isEmpty == false)
    func own(_ event: Event) -> [String: [String]] {
      Dictionary(
        uniqueKeysWithValues: event.fields().filter { !Self.surroundings.contains($0.field.name) }.map {
          ($0.field.name, $0.values.map(\.text))
        })
    }
    #expect(own(event) == own(direct))
    #expect(EventExpectations.text(event, "requestObject.roleRef.name") == "cluster-admin")
    #expect(EventExpectations.text(event, "kubernetes.audit.requestObject.roleRef.name") == "cluster-admin")
    EventExpectations.expect(event, "kubernetes.audit", [:])
    // What is stored is read again in the same way.
    let again = event.received(at: Timestamp(nanoseconds: 0))
    #expect(again.dataset == .kubernetesAudit && own(again)["user.name"] == ["kim"])
  }

  @Test func everyDepthHasItsEnd() throws {
    var record = Self.record
    for _ in 0..<5 { record = Self.wrapped(#"{"message":TEXT}"#, record) }
    #expect(try EventExpectations.event(record).dataset == .kubernetesAudit)
    record = Self.wrapped(#"{"message":TEXT}"#, record)
    #expect(try EventExpectations.event(record).dataset == .json)
    // A message as long as it is deep.
    let braces = Self.wrapped(#"{"message":TEXT}"#, String(repeating: #"{"message":"#, count: 500))
    #expect(try EventExpectations.event(braces).dataset == .json)
  }

  @Test func whatIsNoKnownRecordStaysAMessage() throws {
    EventExpectations.expect(
      try EventExpectations.event(#"{"message":"hello","agent":{"type":"filebeat"}}"#), "shipper.record",
      ["message": "hello"])
    EventExpectations.expect(
      try EventExpectations.event(#"{"message":"{\"level\":\"info\",\"msg\":\"hi\"}","log":{}}"#), "shipper.record",
      ["message": "hi", "log.level": "informational"])
    EventExpectations.expect(
      try EventExpectations.event(#"{"message":"{\"level\":\"info\"}"}"#), "json.log",
      ["message": #"{"level":"info"}"#])
    EventExpectations.expect(
      try EventExpectations.event(#"{"line":"plain words","labels":{}}"#), "shipper.record", ["message": "plain words"])
  }

  /// Who printed a record of a service is not what the record is about.
  @Test func thePodThatPrintedItIsNotItsObject() throws {
    let event = try EventExpectations.event(
      "2026-03-02T10:00:05.000000000Z stdout F \(Self.record)",
      path: "/var/log/pods/kube-system_kube-apiserver-cp1_1/kube-apiserver/0.log")
    EventExpectations.expect(
      event, "kubernetes.audit",
      ["orchestrator.namespace": "", "kubernetes.pod.name": "", "kubernetes.namespace": "", "user.name": "kim"])
    // Of a container that is known to be another's, what it prints is no proof.
    let forged = #"{"body":TEXT,"kubernetes":{"namespace_name":"shop","container_name":"web"}}"#
    #expect(try EventExpectations.event(Self.wrapped(forged)).dataset == .json)
  }

  @Test func repetitions() throws {
    let line =
      "Mar  2 10:00:05 box sshd[7]: message repeated 5 times: [ Failed password for root from 192.0.2.9 port 22 ssh2]"
    let event = try EventExpectations.event(line)
    EventExpectations.expect(event, "system.sshd", ["user.name": "root", "source.ip": "192.0.2.9"])
    #expect(event.repetitions == 5 && event.originalText == line)
    let many = try EventExpectations.event(line.replacing("5 times", with: "99999999 times"))
    #expect(many.repetitions == 1_000)
    #expect(try EventExpectations.event("Mar  2 10:00:05 box app: message repeated 3 times").repetitions == 1)
  }
}
