import Bytes
import Events
import TestKit
import Testing

@Suite struct KubernetesAuditTests {
  static let exec =
    #"{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":"a-1","stage":"ResponseStarted","requestURI":"/api/v1/namespaces/shop/pods/web-1/exec?command=sh\u0026stdin=true","verb":"get","user":{"username":"system:serviceaccount:shop:web","uid":"u-1","groups":["system:serviceaccounts","system:authenticated"],"extra":{"authentication.kubernetes.io/credential-id":["JTI=1"],"authentication.kubernetes.io/node-name":["node-1"],"authentication.kubernetes.io/pod-name":["web-0"],"authentication.kubernetes.io/pod-uid":["p-1"]}},"impersonatedUser":{"username":"admin","groups":["system:masters"]},"sourceIPs":["198.51.100.7","10.0.0.9","127.0.0.1"],"userAgent":"kubectl/v1.36.2","objectRef":{"resource":"pods","namespace":"shop","name":"web-1","apiVersion":"v1","subresource":"exec"},"responseStatus":{"metadata":{},"code":101},"requestReceivedTimestamp":"2026-11-28T10:00:00.000001Z","stageTimestamp":"2026-11-28T10:00:00.250001Z","annotations":{"authorization.k8s.io/decision":"allow","authorization.k8s.io/reason":"RBAC: \"x\""}}"#

  @Test func allThatARequestSays() throws {
    var options = DecodeOptions()
    options.trustedProxies = [try #require(IPRange(cidr: "127.0.0.0/8"))]
    let event = try EventExpectations.event(Self.exec, options: options)
    EventExpectations.expect(
      event, "kubernetes.audit",
      [
        "@timestamp": "2026-11-28T10:00:00.250001Z", "event.start": "2026-11-28T10:00:00.000001Z",
        "event.duration": "250000000", "event.action": "get", "event.category": "api,process",
        "event.type": "allowed,start", "event.outcome": "", "event.id": "a-1",
        "user.name": "system:serviceaccount:shop:web",
        "user.id": "u-1", "user.group.name": "system:serviceaccounts,system:authenticated",
        "user.effective.name": "admin",
        "user.effective.group.name": "system:masters", "source.ip": "10.0.0.9", "network.forwarded_ip": "198.51.100.7",
        "user_agent.original": "kubectl/v1.36.2", "orchestrator.namespace": "shop",
        "orchestrator.resource.type": "pods",
        "orchestrator.resource.name": "web-1", "kubernetes.audit.objectRef.subresource": "exec",
        "orchestrator.api_version": "v1", "http.response.status_code": "101", "kubernetes.pod.name": "web-0",
        "kubernetes.pod.uid": "p-1", "kubernetes.node.name": "node-1", "kubernetes.credential.id": "JTI=1",
        "kubernetes.service_account.name": "web", "kubernetes.service_account.namespace": "shop",
        "url.original": "/api/v1/namespaces/shop/pods/web-1/exec?command=sh&stdin=true",
        "url.path": "/api/v1/namespaces/shop/pods/web-1/exec", "url.query": "command=sh&stdin=true",
        "process.command_line": "sh", "process.args": "sh", "container.name": "",
        "kubernetes.audit.sourceIPs": "198.51.100.7,10.0.0.9,127.0.0.1", "kubernetes.audit.decision": "allow",
        "kubernetes.audit.annotations.authorization.k8s.io/decision": "allow", "kubernetes.audit.level": "Metadata",
        "annotations.authorization.k8s.io/reason": "RBAC: \"x\"", "kubernetes.audit.responseStatus.code": "101",
        "orchestrator.type": "kubernetes", "event.kind": "event", "bartizan.carrier": "",
      ])
    #expect(event.originalText == Self.exec)
    #expect(event.deliveryKey == "a-1/ResponseStarted")
  }

  /// What a container is asked to run, however the client spells it.
  @Test(arguments: [
    ("command=sh&command=-c&command=cat+%2Fetc%2Fshadow&container=db", "sh -c cat /etc/shadow", "db"),
    ("command=%63at&command=/etc/%73hadow&stdout=true", "cat /etc/shadow", ""),
    ("c%6Fmmand=cat&c%6Fntainer=db", "cat", "db"), ("container=db&stdin=true", "", "db"),
    ("command=100%25&command=%zz", "100% %zz", ""),
  ])
  func theCommandOfAStream(_ query: String, _ command: String, _ container: String) throws {
    let event = try EventExpectations.event(
      Self.exec.replacing("exec?command=sh\\u0026stdin=true", with: "exec?" + query))
    #expect(EventExpectations.text(event, "process.command_line") == command)
    #expect(EventExpectations.text(event, "container.name") == container)
  }

  @Test func withoutProxiesTheLastAddressCounts() throws {
    let event = try EventExpectations.event(Self.exec)
    #expect(EventExpectations.text(event, "source.ip") == "127.0.0.1")
    #expect(EventExpectations.text(event, "network.forwarded_ip") == "198.51.100.7,10.0.0.9")
  }

  /// The same event in every shape in which audit logs travel.
  @Test(arguments: [
    "plain", "pretty", "event list", "array", "concatenated", "cloudwatch event", "cloudwatch subscription",
    "cloudwatch insights", "azure text", "azure object", "azure records", "splunk", "fluent", "webhook in splunk",
  ])
  func everyShape(_ shape: String) throws {
    func quoted(_ text: String) -> String {
      var writer = JSONWriter(pretty: false)
      writer.value(text)
      return writer.text
    }
    let event = Self.exec
    let input =
      switch shape {
      case "plain": event + "\n"
      case "pretty": event.split(separator: ",\"").joined(separator: ",\n  \"")
      case "event list":
        #"{"kind":"EventList","apiVersion":"audit.k8s.io/v1","metadata":{},"items":[\#(event),\#(event)]}"#
      case "array": "[\n\(event),\n\(event)\n]\n"
      case "concatenated": event + event
      case "cloudwatch event":
        #"{"timestamp":1764324000250,"ingestionTime":1764324001000,"message":\#(quoted(event)),"eventId":"1"}"#
      case "cloudwatch subscription":
        #"{"messageType":"DATA_MESSAGE","owner":"123456789012","logGroup":"/aws/eks/prod/cluster","logStream":"kube-apiserver-audit-1","subscriptionFilters":["f"],"logEvents":[{"id":"1","timestamp":1764324000250,"message":\#(quoted(event))},{"id":"2","timestamp":1764324000251,"message":\#(quoted(event))}]}"#
      case "cloudwatch insights": #"{"@timestamp":"2026-11-28 10:00:00.250","@message":\#(quoted(event))}"#
      case "azure text":
        #"{"time":"2026-11-28T10:00:01Z","category":"kube-audit","operationName":"Microsoft.ContainerService/managedClusters/diagnosticLogs/Read","resourceId":"/SUBSCRIPTIONS/1/RESOURCEGROUPS/G/PROVIDERS/MICROSOFT.CONTAINERSERVICE/MANAGEDCLUSTERS/PROD","properties":{"log":\#(quoted(event + "\n")),"stream":"stdout","pod":"kube-apiserver-1"}}"#
      case "azure object":
        #"{"time":"2026-11-28T10:00:01Z","category":"kube-audit","operationName":"x","properties":{"log":\#(event)}}"#
      case "azure records":
        #"{"records":[{"category":"kube-audit","operationName":"x","properties":{"log":\#(quoted(event))}}]}"#
      case "splunk": #"{"time":1764324000.25,"host":"h","source":"s","sourcetype":"kube:audit","event":\#(event)}"#
      case "webhook in splunk": #"{"sourcetype":"kube:audit","index":"k","event":\#(quoted(event))}"#
      default: #"{"log":\#(quoted(event)),"tag":"kube.audit"}"#
      }
    let batch = EventExpectations.batch(input)
    #expect(batch.problems.isEmpty)
    let isMany = ["event list", "array", "concatenated", "cloudwatch subscription"].contains(shape)
    #expect(batch.count == (isMany ? 2 : 1))
    for found in batch.events {
      EventExpectations.expect(
        found, "kubernetes.audit",
        [
          "@timestamp": "2026-11-28T10:00:00.250001Z", "user.name": "system:serviceaccount:shop:web",
          "event.action": "get", "source.ip": "127.0.0.1", "orchestrator.resource.name": "web-1",
          "kubernetes.pod.name": "web-0", "kubernetes.audit.user.extra.authentication.kubernetes.io/pod-uid": "p-1",
          "kubernetes.audit.authorization_reason": "RBAC: \"x\"", "http.response.status_code": "101",
        ])
    }
    let first = try #require(batch.events.first)
    switch shape {
    case "cloudwatch subscription":
      #expect(EventExpectations.text(first, "orchestrator.cluster.name") == "prod")
      #expect(EventExpectations.text(first, "cloud.account.id") == "123456789012")
      #expect(first.carriers.map(\.rawValue) == ["shipper.record"])
    case "azure text":
      #expect(EventExpectations.text(first, "orchestrator.cluster.name") == "PROD")
      #expect(first.carriers.map(\.rawValue) == ["azure.platformlogs"])
    case "event list", "array", "concatenated": #expect(first.originalText == event)
    default: break
    }
  }

  @Test func googleSaysTheSameInItsOwnWords() throws {
    let event = try EventExpectations.event(
      #"{"insertId":"i-1","logName":"projects/p/logs/cloudaudit.googleapis.com%2Factivity","protoPayload":{"@type":"type.googleapis.com/google.cloud.audit.AuditLog","authenticationInfo":{"principalEmail":"kim@example.com"},"authorizationInfo":[{"granted":true,"permission":"io.k8s.core.v1.pods.exec.create","resource":"core/v1/namespaces/shop/pods/web-1/exec"}],"methodName":"io.k8s.core.v1.pods.exec.create","request":{"spec":{"hostNetwork":true}},"requestMetadata":{"callerIp":"198.51.100.7","callerSuppliedUserAgent":"kubectl/v1"},"resourceName":"core/v1/namespaces/shop/pods/web-1/exec","serviceName":"k8s.io","status":{"code":7,"message":"denied"}},"resource":{"labels":{"cluster_name":"prod","location":"europe-west1","project_id":"p"},"type":"k8s_cluster"},"severity":"NOTICE","timestamp":"2026-11-28T10:00:00.25Z","labels":{"authorization.k8s.io/decision":"forbid","authorization.k8s.io/reason":"no"}}"#
    )
    EventExpectations.expect(
      event, "gcp.audit",
      [
        "@timestamp": "2026-11-28T10:00:00.25Z", "event.action": "create", "kubernetes.audit.verb": "create",
        "user.name": "kim@example.com", "kubernetes.audit.user.username": "kim@example.com",
        "source.ip": "198.51.100.7",
        "orchestrator.cluster.name": "prod", "orchestrator.namespace": "shop", "orchestrator.resource.type": "pods",
        "orchestrator.resource.name": "web-1", "kubernetes.audit.objectRef.subresource": "exec",
        "kubernetes.audit.objectRef.resource": "pods", "event.outcome": "failure", "http.response.status_code": "403",
        "kubernetes.audit.decision": "forbid", "kubernetes.audit.authorization_reason": "no", "log.level": "notice",
        "message": "denied", "cloud.project.id": "p", "cloud.region": "europe-west1",
        "kubernetes.audit.requestObject.spec.hostNetwork": "true", "event.id": "i-1",
      ])
  }

  @Test func outcomesAreSaidOnlyWhereTheyAreKnown() throws {
    let cases: [(stage: String, verb: String, code: Int?, outcome: EventOutcome)] = [
      ("RequestReceived", "get", nil, .unknown), ("ResponseComplete", "get", 200, .success),
      ("ResponseStarted", "watch", 200, .success), ("ResponseComplete", "get", 403, .failure),
      ("ResponseStarted", "", 401, .failure), ("Panic", "get", nil, .failure),
      ("ResponseComplete", "get", 500, .failure),
    ]
    for (stage, verb, code, outcome) in cases {
      let event = try EventExpectations.event(
        #"{"kind":"Event","apiVersion":"audit.k8s.io/v1","auditID":"1","stage":"\#(stage)","verb":"\#(verb)","user":{}\#(code.map { ",\"responseStatus\":{\"code\":\($0)}" } ?? "")}"#
      )
      #expect(event.outcome == outcome, "\(stage) \(code ?? 0)")
      #expect(event.dataset == .kubernetesAudit)
      #expect(event.types.contains(.denied) == [401, 403].contains(code))
    }
  }

  @Test func theNameThatTheServerGaveIsTheObjects() throws {
    let event = try EventExpectations.event(
      #"{"kind":"Event","apiVersion":"audit.k8s.io/v1","auditID":"1","stage":"ResponseComplete","verb":"create","user":{"username":"u"},"objectRef":{"resource":"pods","namespace":"n","apiVersion":"v1"},"responseStatus":{"code":201},"requestObject":{"metadata":{"generateName":"web-"},"spec":{"containers":[{"image":"a:1"},{"image":"b:2"}],"initContainers":[{"image":"c:3"}]}},"responseObject":{"metadata":{"name":"web-x7","uid":"u-9"}}}"#
    )
    EventExpectations.expect(
      event, "kubernetes.audit",
      [
        "orchestrator.resource.name": "web-x7", "orchestrator.resource.id": "u-9", "container.image.name": "",
        "kubernetes.audit.requestObject.spec.containers.image": "a:1,b:2", "event.category": "api,configuration",
      ])
  }

  @Test func patchesAreReadWhateverTheirBodyIs() throws {
    let event = try EventExpectations.event(
      #"{"kind":"Event","apiVersion":"audit.k8s.io/v1","auditID":"1","stage":"ResponseComplete","verb":"patch","user":{"username":"u"},"objectRef":{"resource":"deployments","apiGroup":"apps","apiVersion":"v1","name":"d"},"requestObject":[{"op":"add","path":"/spec/x","value":1},{"op":"remove","path":"/spec/y"}]}"#
    )
    EventExpectations.expect(
      event, "kubernetes.audit",
      [
        "kubernetes.audit.requestObject.path": "/spec/x,/spec/y", "kubernetes.audit.requestObject.value": "1",
        "orchestrator.api_version": "apps/v1", "event.type": "change",
      ])
  }

  @Test func threeStagesAreOneStory() throws {
    func event(_ id: String, _ stage: String, _ received: String, uri: String = "/a", verb: String = "get") -> String {
      #"{"kind":"Event","apiVersion":"audit.k8s.io/v1","auditID":"\#(id)","stage":"\#(stage)","requestURI":"\#(uri)","verb":"\#(verb)","user":{"username":"u"},"requestReceivedTimestamp":"\#(received)"}"#
    }
    let first = "2026-11-28T10:00:00.000001Z"
    let batch = EventExpectations.batch(
      [
        event("1", "ResponseComplete", first), event("1", "RequestReceived", first),
        event("1", "ResponseStarted", first),
        event("1", "ResponseComplete", first),
        // An attacker sends the ID of another's request.
        event("1", "ResponseComplete", "2026-11-28T10:00:05.000001Z", uri: "/api/v1/secrets"),
        event("2", "ResponseStarted", first),
      ].joined(separator: "\n"))
    var stories = AuditStories()
    for event in batch.events { stories.add(event) }
    #expect(stories.stories.count == 3)
    #expect(stories.repetitions == 1)
    #expect(
      stories.stories[0].events.map { EventExpectations.text($0, "kubernetes.audit.stage") } == [
        "RequestReceived", "ResponseStarted", "ResponseComplete",
      ])
    #expect(EventExpectations.text(stories.stories[0].telling, "kubernetes.audit.stage") == "ResponseComplete")
    #expect(EventExpectations.text(stories.stories[1].telling, "url.path") == "/api/v1/secrets")
    #expect(EventExpectations.text(stories.stories[2].telling, "kubernetes.audit.stage") == "ResponseStarted")
  }

  @Test func oldEventsAndForeignOnesAreTold() throws {
    let old = try EventExpectations.event(
      #"{"kind":"Event","apiVersion":"audit.k8s.io/v1beta1","metadata":{"creationTimestamp":"2017-09-11T19:55:05Z"},"level":"Metadata","timestamp":"2017-09-11T19:55:05Z","auditID":"x","stage":"ResponseComplete","verb":"list","user":{"username":"a"}}"#
    )
    EventExpectations.expect(old, "kubernetes.audit", ["@timestamp": "2017-09-11T19:55:05Z", "event.action": "list"])
    // What is left once a collector has dropped what is the same everywhere.
    for text in [
      #"{"verb":"get","objectRef":{"resource":"pods"}}"#,
      #"{"kind":"Event","verb":"get","responseStatus":{"code":200}}"#,
    ] {
      #expect(try EventExpectations.event(text).dataset == .kubernetesAudit)
    }
    #expect(try EventExpectations.event(#"{"kind":"Pod","apiVersion":"v1"}"#).dataset == .json)
  }
}
