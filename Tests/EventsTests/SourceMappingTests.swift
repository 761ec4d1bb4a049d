import Bytes
import Events
import TestKit
import Testing

/// One real line or document of each source, and what it says.
@Suite struct SourceMappingTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let text: String
    let dataset: String
    let fields: [(String, String)]

    init(_ name: String, _ text: String, _ dataset: String, _ fields: KeyValuePairs<String, String>) {
      self.name = name
      self.text = text
      self.dataset = dataset
      self.fields = fields.map { ($0.key, $0.value) }
    }

    var testDescription: String { name }
  }

  @Test(arguments: all)
  func mapped(_ test: Case) throws {
    let event = try EventExpectations.event(test.text)
    #expect(event.dataset.rawValue == test.dataset)
    for (name, value) in test.fields { #expect(EventExpectations.text(event, name) == value, "\(name)") }
    EventExpectations.expect(event, test.dataset, [:])
    // The original is the line, and read again it says the same.
    let again = try #require(EventExpectations.batch(event.originalText).events.first)
    #expect(again.dataset == event.dataset)
    #expect(again.fields().map(\.values) == event.fields().map(\.values))
  }

  static let all: [Case] = [kubernetes, registries, clouds, hosts, proxies, generic].flatMap { $0 }

  static let kubernetes: [Case] = [
    Case(
      "Event, v1",
      #"{"kind":"Event","apiVersion":"v1","metadata":{"name":"web-0.17a","namespace":"shop","uid":"e-1","creationTimestamp":"2026-11-28T10:00:00Z"},"involvedObject":{"kind":"Pod","namespace":"shop","name":"web-0","uid":"p-1","apiVersion":"v1","fieldPath":"spec.containers{app}"},"reason":"Pulled","message":"Successfully pulled image \"registry.example/app:1\" in 1.2s","source":{"component":"kubelet","host":"node-1"},"firstTimestamp":"2026-11-28T10:00:00Z","lastTimestamp":"2026-11-28T10:05:00Z","count":3,"type":"Normal"}"#,
      "kubernetes.event",
      [
        "@timestamp": "2026-11-28T10:05:00Z", "event.action": "Pulled", "orchestrator.namespace": "shop",
        "orchestrator.resource.type": "pods", "orchestrator.resource.name": "web-0", "kubernetes.pod.name": "web-0",
        "kubernetes.container.name": "app", "container.image.name": "registry.example/app:1", "host.name": "node-1",
        "event.provider": "kubelet", "event.outcome": "success", "event.category": "host,package",
        "kubernetes.event.count": "3", "log.level": "informational",
      ]),
    Case(
      "Event, events.k8s.io, killed for memory",
      #"{"kind":"Event","apiVersion":"events.k8s.io/v1","regarding":{"kind":"Node","name":"node-1"},"reason":"OOMKilling","note":"Memory cgroup out of memory","type":"Warning","eventTime":"2026-11-28T10:00:00.000001Z","reportingController":"kernel-monitor"}"#,
      "kubernetes.event",
      [
        "event.action": "OOMKilling", "event.type": "end,error", "orchestrator.resource.type": "nodes",
        "log.level": "warning", "event.outcome": "failure", "message": "Memory cgroup out of memory",
      ]),
    Case(
      "Event of a watch",
      #"{"type":"ADDED","object":{"kind":"Event","involvedObject":{"kind":"Pod","namespace":"a","name":"b"},"reason":"BackOff","message":"Back-off restarting failed container","type":"Warning","lastTimestamp":"2026-11-28T10:00:00Z"}}"#,
      "kubernetes.event", ["event.action": "BackOff", "kubernetes.pod.name": "b", "kubernetes.event.reason": "BackOff"]),
    Case(
      "Falco",
      #"{"uuid":"u-1","hostname":"node-1","output":"A shell was spawned","priority":"Notice","rule":"Terminal shell in container","source":"syscall","tags":["container","T1059"],"time":"2026-11-28T10:00:00.000000001Z","output_fields":{"container.id":"abc","container.image.repository":"nginx","container.image.tag":"1.27","evt.type":"execve","k8s.ns.name":"shop","k8s.pod.name":"web-0","proc.cmdline":"sh -i","proc.name":"sh","proc.pname":"runc","user.name":"root","user.uid":0,"fd.name":"/etc/shadow"}}"#,
      "falco.alert",
      [
        "@timestamp": "2026-11-28T10:00:00.000000001Z", "event.kind": "alert",
        "rule.name": "Terminal shell in container",
        "log.level": "notice", "host.name": "node-1", "container.id": "abc", "container.image.name": "nginx",
        "container.image.tag": "1.27", "kubernetes.pod.name": "web-0", "orchestrator.namespace": "shop",
        "process.name": "sh", "process.command_line": "sh -i", "process.parent.name": "runc", "user.name": "root",
        "user.id": "0", "tags": "container,T1059", "file.path": "/etc/shadow", "event.action": "execve",
        "falco.output_fields.proc.pname": "runc",
      ]),
    Case(
      "Tetragon, process started",
      #"{"process_exec":{"process":{"exec_id":"e1","pid":52699,"uid":0,"cwd":"/","binary":"/usr/bin/curl","arguments":"https://ebpf.io","flags":"execve rootcwd","start_time":"2026-11-28T10:00:00.111Z","auid":4294967295,"pod":{"namespace":"default","name":"xwing","container":{"id":"containerd://551e","name":"spaceship","image":{"id":"sha256:1","name":"docker.io/tgraf/netperf:latest"},"start_time":"2023-10-06T22:03:57Z","pid":49},"workload":"xwing","workload_kind":"Pod"}},"parent":{"exec_id":"e0","pid":52699,"binary":"/bin/bash"}},"node_name":"node-1","time":"2026-11-28T10:00:00.112Z"}"#,
      "tetragon.event",
      [
        "event.action": "exec", "process.executable": "/usr/bin/curl", "process.name": "curl",
        "process.command_line": "/usr/bin/curl https://ebpf.io", "process.pid": "52699", "kubernetes.pod.name": "xwing",
        "kubernetes.container.name": "spaceship", "process.parent.executable": "/bin/bash", "host.name": "node-1",
        "container.image.name": "docker.io/tgraf/netperf:latest", "event.type": "start",
        "tetragon.process_exec.process.flags": "execve rootcwd",
      ]),
    Case(
      "Tetragon, connection",
      #"{"process_kprobe":{"process":{"binary":"/usr/bin/curl","pid":5,"pod":{"namespace":"default","name":"xwing"}},"function_name":"tcp_connect","args":[{"sock_arg":{"family":"AF_INET","type":"SOCK_STREAM","protocol":"IPPROTO_TCP","saddr":"10.0.0.5","daddr":"203.0.113.7","sport":34,"dport":443}}],"action":"KPROBE_ACTION_POST","policy_name":"connect"},"node_name":"n","time":"2026-11-28T10:00:00Z"}"#,
      "tetragon.event",
      [
        "event.action": "tcp_connect", "source.ip": "10.0.0.5", "destination.ip": "203.0.113.7",
        "destination.port": "443",
        "rule.name": "connect", "event.category": "network,process",
      ]),
    Case(
      "Hubble",
      #"{"flow":{"time":"2026-11-28T10:00:00.5Z","uuid":"f-1","verdict":"DROPPED","drop_reason":133,"IP":{"source":"10.0.0.5","destination":"10.0.1.9","ipVersion":"IPv4"},"l4":{"TCP":{"source_port":47062,"destination_port":8080,"flags":{"SYN":true}}},"source":{"ID":1,"identity":2,"namespace":"shop","labels":["k8s:app=web"],"pod_name":"web-0"},"destination":{"namespace":"db","labels":["k8s:app=db"],"pod_name":"db-0"},"Type":"L3_L4","node_name":"node-1","traffic_direction":"EGRESS","drop_reason_desc":"POLICY_DENIED","Summary":"TCP Flags: SYN"},"node_name":"node-1","time":"2026-11-28T10:00:00.5Z"}"#,
      "hubble.flow",
      [
        "event.action": "dropped", "event.outcome": "failure", "source.ip": "10.0.0.5", "source.port": "47062",
        "destination.ip": "10.0.1.9", "destination.port": "8080", "network.transport": "tcp",
        "network.direction": "egress",
        "source.kubernetes.pod.name": "web-0", "destination.kubernetes.namespace": "db",
        "event.reason": "POLICY_DENIED",
        "orchestrator.namespace": "shop", "hubble.verdict": "DROPPED", "event.type": "connection,denied",
      ]),
    Case(
      "Calico Enterprise",
      #"{"start_time":1764324000,"end_time":1764324300,"source_ip":"10.0.0.5","source_name":"web-0","source_name_aggr":"web-*","source_namespace":"shop","source_port":null,"source_type":"wep","source_labels":{"labels":["app=web"]},"dest_ip":"203.0.113.7","dest_name":"-","dest_name_aggr":"pub","dest_namespace":"-","dest_port":443,"dest_type":"net","dest_labels":null,"proto":"tcp","action":"deny","reporter":"src","policies":{"all_policies":["0|default|shop/default.deny|deny"]},"bytes_in":0,"bytes_out":60,"packets_in":0,"packets_out":1,"num_flows":1,"host":"node-1"}"#,
      "calico.flow",
      [
        "@timestamp": "2025-11-28T10:05:00Z", "event.action": "deny", "source.ip": "10.0.0.5",
        "source.kubernetes.pod.name": "web-0", "destination.kubernetes.pod.name": "pub", "destination.port": "443",
        "network.policy.name": "0|default|shop/default.deny|deny", "source.bytes": "60", "host.name": "node-1",
        "destination.kubernetes.namespace": "", "event.outcome": "failure",
      ]),
    Case(
      "Calico, Goldmane",
      #"{"startTime":"2026-11-28T10:00:00Z","endTime":"2026-11-28T10:00:15Z","action":"Allow","sourceName":"web-*","sourceNamespace":"shop","sourceLabels":"app=web","destName":"db-*","destNamespace":"db","destLabels":"app=db","protocol":"tcp","destPort":"5432","reporter":"Src","packetsIn":"4","packetsOut":"5","bytesIn":"400","bytesOut":"500"}"#,
      "calico.flow",
      [
        "event.action": "allow", "destination.port": "5432", "source.bytes": "500",
        "source.kubernetes.namespace": "shop",
      ]),
    Case(
      "klog",
      #"E1128 10:00:00.257776       1 pod_workers.go:1300] "Error syncing pod, skipping" err="failed to \"StartContainer\"" pod="shop/web-0" podUID="p-1""#,
      "kubernetes.component_log",
      [
        "@timestamp": "2026-11-28T10:00:00.257776Z", "log.level": "error", "message": "Error syncing pod, skipping",
        "log.origin.file.name": "pod_workers.go", "log.origin.file.line": "1300", "kubernetes.pod.name": "web-0",
        "orchestrator.namespace": "shop", "error.message": "failed to \"StartContainer\"", "klog.podUID": "p-1",
      ]),
  ]

  static let registries: [Case] = [
    Case(
      "Distribution, notification",
      #"{"id":"320678d8-ca14-430f-8bb6-4ca139cd83f7","timestamp":"2026-11-28T10:00:00.402973972Z","action":"pull","target":{"mediaType":"application/vnd.docker.distribution.manifest.v2+json","size":708,"digest":"sha256:fea8895f450959fa676bcc1df0611ea93823a735a01205fd8622846041d0c7cf","length":708,"repository":"hello-world","url":"http://192.168.100.227:5000/v2/hello-world/manifests/latest","tag":"latest"},"request":{"id":"6df24a34","addr":"192.168.64.11:42961","host":"192.168.100.227:5000","method":"GET","useragent":"curl/7.38.0"},"actor":{"name":"kim"},"source":{"addr":"reg-1:5000","instanceID":"a53"}}"#,
      "registry.notification",
      [
        "event.action": "pull", "user.name": "kim", "source.ip": "192.168.64.11", "source.port": "42961",
        "container.image.name": "hello-world", "container.image.tag": "latest",
        "container.image.hash.all": "sha256:fea8895f450959fa676bcc1df0611ea93823a735a01205fd8622846041d0c7cf",
        "user_agent.original": "curl/7.38.0", "event.category": "package",
      ]),
    Case(
      "Distribution, access log",
      #"192.0.2.9 - kim [28/Nov/2026:10:00:00 +0100] "PUT /v2/team/app/manifests/1.0 HTTP/1.1" 201 0 "" "docker/27.0""#,
      "registry.access",
      [
        "@timestamp": "2026-11-28T09:00:00Z", "event.action": "push", "container.image.name": "team/app",
        "container.image.tag": "1.0", "user.name": "kim", "source.ip": "192.0.2.9", "event.outcome": "success",
        "http.response.status_code": "201",
      ]),
    Case(
      "Distribution, refused",
      #"192.0.2.9 - - [28/Nov/2026:10:00:00 +0000] "GET /v2/team/app/manifests/sha256:00aa HTTP/1.1" 401 158 "" "containerd/1.7""#,
      "registry.access",
      [
        "event.action": "pull", "container.image.hash.all": "sha256:00aa", "event.outcome": "failure",
        "event.category": "authentication,package", "event.type": "access,denied", "user.name": "",
      ]),
    Case(
      "Distribution, its own log",
      #"time="2026-11-28T10:00:00.123Z" level=info msg="response completed" go.version=go1.22 http.request.host="reg:5000" http.request.id=4d6 http.request.method=GET http.request.remoteaddr="192.0.2.9:40000" http.request.uri="/v2/team/app/blobs/sha256:00aa" http.request.useragent="docker/27" http.response.contenttype="application/octet-stream" http.response.duration=5.5ms http.response.status=200 http.response.written=528 auth.user.name=kim"#,
      "registry.log",
      [
        "event.action": "pull", "container.image.name": "team/app", "container.image.hash.all": "sha256:00aa",
        "user.name": "kim", "source.ip": "192.0.2.9", "http.response.status_code": "200",
        "http.response.body.bytes": "528", "@timestamp": "2026-11-28T10:00:00.123Z", "log.level": "informational",
      ]),
    Case(
      "Distribution, log-in refused",
      #"{"err.code":"unauthorized","http.request.method":"GET","http.request.remoteaddr":"192.0.2.9:40000","http.request.uri":"/v2/","level":"warning","msg":"error authorizing context: basic authentication challenge for realm \"r\": invalid authorization credential","time":"2026-11-28T10:00:00Z"}"#,
      "registry.log",
      [
        "event.action": "login", "event.outcome": "failure", "http.response.status_code": "401", "log.level": "warning",
        "error.code": "unauthorized",
      ]),
    Case(
      "Harbor",
      #"{"id":7,"username":"kim","resource":"library/app:1.0","resource_type":"artifact","operation":"create","op_time":"2026-11-28T10:00:00.000Z"}"#,
      "harbor.audit",
      [
        "event.action": "push", "user.name": "kim", "container.image.name": "library/app", "container.image.tag": "1.0",
        "event.id": "7", "event.outcome": "success",
      ]),
    Case(
      "Harbor, log-in failed",
      #"{"id":8,"username":"kim","resource":"kim","resource_type":"user","operation":"user_login","operation_description":"login failed","operation_result":false,"op_time":"2026-11-28T10:00:00.000Z"}"#,
      "harbor.audit",
      [
        "event.action": "user_login", "event.outcome": "failure", "event.category": "authentication,configuration",
        "message": "login failed",
      ]),
    Case(
      "Docker Hub",
      #"{"account":"docker","action":"repo.tag.push","name":"docker/example","actor":"kim","data":{"digest":"sha256:c1ae","tag":"latest"},"timestamp":"2026-11-28T10:00:00Z","action_description":"pushed the tag latest"}"#,
      "dockerhub.audit",
      [
        "event.action": "push", "user.name": "kim", "container.image.name": "docker/example",
        "container.image.tag": "latest", "container.image.hash.all": "sha256:c1ae",
      ]),
    Case(
      "Secrets revealed",
      #"{"bartizan":"activity","time":"2026-11-28T10:00:00Z","action":"secrets-revealed","user":"kim","source":"192.0.2.9","path":"/api/v1/events/search","parameters":{"query":["*"]}}"#,
      "bartizan.activity",
      [
        "@timestamp": "2026-11-28T10:00:00Z", "event.action": "secrets-revealed", "user.name": "kim",
        "source.ip": "192.0.2.9", "url.path": "/api/v1/events/search", "bartizan.activity.parameters.query": "*",
      ]),
    Case(
      "Admission decision",
      #"{"bartizan":"admission","time":"2026-11-28T10:00:00Z","uid":"u-1","profile":"default","phase":"validate","decision":"denied","dryRun":false,"verb":"create","user":"kim","groups":[],"apiGroup":"","resource":"pods","kind":"Pod","namespace":"shop","name":"web","source":"192.0.2.9","policies":["no-latest"],"notEvaluated":[],"exempt":[],"message":"no version"}"#,
      "bartizan.admission",
      [
        "event.action": "create", "user.name": "kim", "orchestrator.namespace": "shop",
        "orchestrator.resource.type": "pods", "orchestrator.resource.name": "web", "rule.name": "no-latest",
        "event.outcome": "failure", "event.type": "denied", "event.id": "u-1", "message": "no version",
        "bartizan.admission.profile": "default",
      ]),
    Case(
      "Artifact Registry",
      #"{"protoPayload":{"@type":"type.googleapis.com/google.cloud.audit.AuditLog","serviceName":"artifactregistry.googleapis.com","methodName":"Docker-GetManifest","resourceName":"projects/p/locations/europe-west1/repositories/team/dockerImages/app@sha256:00aa","authenticationInfo":{"principalEmail":"kim@example.com"},"requestMetadata":{"callerIp":"192.0.2.9"}},"timestamp":"2026-11-28T10:00:00Z","insertId":"x"}"#,
      "gcp.audit",
      [
        "event.action": "pull", "container.image.name": "team/app", "container.image.hash.all": "sha256:00aa",
        "user.name": "kim@example.com",
      ]),
  ]

  static let clouds: [Case] = [
    Case(
      "ECR",
      #"{"eventVersion":"1.08","userIdentity":{"type":"AssumedRole","principalId":"AROA:i-1","arn":"arn:aws:sts::1:assumed-role/node/i-1","accountId":"1","sessionContext":{"sessionIssuer":{"type":"Role","userName":"node"}}},"eventTime":"2026-11-28T10:00:00Z","eventSource":"ecr.amazonaws.com","eventName":"BatchGetImage","awsRegion":"eu-west-1","sourceIPAddress":"192.0.2.9","userAgent":"containerd","requestParameters":{"repositoryName":"team/app","imageIds":[{"imageDigest":"sha256:00aa","imageTag":"1.0"}]},"responseElements":null,"eventID":"e-1","readOnly":true,"recipientAccountId":"1"}"#,
      "aws.cloudtrail",
      [
        "event.action": "pull", "user.name": "node", "container.image.name": "team/app", "container.image.tag": "1.0",
        "container.image.hash.all": "sha256:00aa", "event.outcome": "success", "cloud.region": "eu-west-1",
        "aws.cloudtrail.eventName": "BatchGetImage",
      ]),
    Case(
      "CloudTrail, refused",
      #"{"eventVersion":"1.09","userIdentity":{"type":"IAMUser","userName":"kim","accountId":"1"},"eventTime":"2026-11-28T10:00:00Z","eventSource":"iam.amazonaws.com","eventName":"CreateUser","awsRegion":"us-east-1","sourceIPAddress":"cloudformation.amazonaws.com","errorCode":"AccessDenied","errorMessage":"no","requestParameters":{"userName":"eve"},"eventID":"e-2"}"#,
      "aws.cloudtrail",
      [
        "event.action": "CreateUser", "event.outcome": "failure", "event.category": "api,iam", "source.ip": "",
        "source.domain": "cloudformation.amazonaws.com", "user.target.name": "eve", "error.code": "AccessDenied",
        "event.type": "creation,denied",
      ]),
    Case(
      "Azure activity",
      #"{"time":"2026-11-28T10:00:00Z","resourceId":"/subscriptions/s-1/resourceGroups/g","operationName":"Microsoft.ContainerService/managedClusters/write","category":"Administrative","resultType":"Success","callerIpAddress":"192.0.2.9","correlationId":"c","identity":{"claims":{"name":"Kim"}},"level":"Information"}"#,
      "azure.platformlogs",
      [
        "event.action": "Microsoft.ContainerService/managedClusters/write", "source.ip": "192.0.2.9",
        "user.name": "Kim",
        "event.outcome": "success", "cloud.account.id": "s-1", "log.level": "informational",
      ]),
  ]

  static let hosts: [Case] = [
    Case(
      "RFC 5424",
      #"<165>1 2026-10-11T22:14:15.003Z mymachine.example.com evntslog 77 ID47 [exampleSDID@32473 iut="3" eventSource="App \"x\" \] \\"][e2@1 a="b"] An application event"#,
      "system.syslog",
      [
        "@timestamp": "2026-10-11T22:14:15.003Z", "host.name": "mymachine.example.com",
        "log.syslog.appname": "evntslog",
        "log.syslog.procid": "77", "log.syslog.msgid": "ID47", "log.level": "notice", "log.syslog.facility.code": "20",
        "message": "An application event", "syslog.exampleSDID@32473.eventSource": #"App "x" ] \"#,
        "syslog.e2@1.a": "b",
      ]),
    Case("RFC 5424, nothing", "<34>1 - - - - - -", "system.syslog", ["log.level": "critical", "host.name": ""]),
    Case(
      "RFC 3164", "<34>Oct  1 22:14:15 mymachine app[12]: it failed", "system.syslog",
      [
        "@timestamp": "2026-10-01T22:14:15Z", "host.name": "mymachine", "log.syslog.appname": "app",
        "process.pid": "12",
        "message": "it failed",
      ]),
    Case(
      "a year ago", "Dec 24 08:00:00 vm cron[1]: (root) CMD (x)", "system.syslog",
      ["@timestamp": "2025-12-24T08:00:00Z", "host.name": "vm", "message": "(root) CMD (x)"]),
    Case(
      "sshd, refused",
      "<38>Nov 23 07:11:08 vm sshd[99]: Failed password for invalid user admin from 203.0.113.9 port 40022 ssh2",
      "system.sshd",
      [
        "event.action": "ssh-login", "event.outcome": "failure", "user.name": "admin", "source.ip": "203.0.113.9",
        "source.port": "40022", "event.reason": "invalid user", "host.name": "vm", "event.category": "authentication",
        "@timestamp": "2026-11-23T07:11:08Z", "log.level": "informational", "bartizan.carrier": "system.syslog",
      ]),
    Case(
      "sshd, a name with from",
      "Nov 23 07:11:08 vm sshd[99]: Failed password for invalid user x from 10.0.0.1 port 1 from 203.0.113.9 port 40022 ssh2",
      "system.sshd", ["user.name": "x from 10.0.0.1 port 1", "source.ip": "203.0.113.9"]),
    Case(
      "sshd, accepted",
      "2026-11-23T07:11:08.281123+01:00 vm sshd[99]: Accepted publickey for deploy from 2001:db8::1 port 50000 ssh2: ED25519 SHA256:abc",
      "system.sshd",
      [
        "@timestamp": "2026-11-23T06:11:08.281123Z", "event.outcome": "success", "user.name": "deploy",
        "source.ip": "2001:db8::1", "event.code": "publickey", "user.roles": "ED25519 SHA256:abc",
        "network.protocol": "ssh2",
      ]),
    Case(
      "sudo", "Nov 23 07:11:08 vm sudo:    alice : TTY=pts/0 ; PWD=/home/alice ; USER=root ; COMMAND=/bin/sh -c a ; b",
      "system.sudo",
      [
        "user.name": "alice", "user.effective.name": "root", "process.command_line": "/bin/sh -c a ; b",
        "event.outcome": "success", "process.working_directory": "/home/alice",
      ]),
    Case(
      "sudo, refused",
      "Nov 23 07:11:08 vm sudo[5]:  bob : user NOT in sudoers ; TTY=pts/1 ; PWD=/ ; USER=root ; COMMAND=/bin/cat /etc/shadow",
      "system.sudo", ["event.outcome": "failure", "event.reason": "user NOT in sudoers", "user.name": "bob"]),
    Case(
      "su", "Nov 23 07:11:08 vm su[5]: FAILED SU (to root) bob on pts/1", "system.su",
      ["event.outcome": "failure", "user.name": "bob", "user.effective.name": "root"]),
    Case(
      "pam",
      "<37>Nov 23 07:11:08 vm sshd[7]: pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=203.0.113.9  user=root",
      "system.pam",
      ["event.outcome": "failure", "user.name": "root", "source.ip": "203.0.113.9", "service.name": "sshd"]),
    Case(
      "pam session",
      "Nov 23 07:11:08 vm sudo: pam_unix(sudo:session): session opened for user root(uid=0) by alice(uid=1000)",
      "system.pam", ["event.action": "session-opened", "user.name": "alice", "user.effective.name": "root"]),
    Case(
      "auditd",
      #"type=SYSCALL msg=audit(1364481363.243:24287): arch=c000003e syscall=2 success=no exit=-13 a0=7fffd19c5592 a1=0 items=1 ppid=2686 pid=3538 auid=1000 uid=1000 gid=1000 euid=1000 tty=pts0 ses=1 comm="cat" exe="/bin/cat" key="sshd_config""#,
      "auditd.log",
      [
        "@timestamp": "2013-03-28T14:36:03.243Z", "event.action": "syscall", "event.outcome": "failure",
        "process.pid": "3538", "process.name": "cat", "process.executable": "/bin/cat", "rule.name": "sshd_config",
        "user.id": "1000", "process.exit_code": "-13", "auditd.syscall": "2", "event.sequence": "24287",
      ]),
    Case(
      "auditd, arguments in hexadecimal",
      "type=PROCTITLE msg=audit(1364481363.243:24287): proctitle=636174002F6574632F736861646F77", "auditd.log",
      ["process.command_line": "cat /etc/shadow"]),
    Case(
      "auditd, log-in",
      #"node=vm type=USER_LOGIN msg=audit(1364481363.243:24288): pid=1 uid=0 auid=1000 ses=2 msg='op=login acct="root" exe="/usr/sbin/sshd" hostname=? addr=203.0.113.9 terminal=sshd res=failed'"#,
      "auditd.log",
      [
        "event.action": "login", "user.name": "root", "source.ip": "203.0.113.9", "event.outcome": "failure",
        "host.name": "vm", "event.category": "authentication",
      ]),
    Case(
      "AppArmor by the kernel",
      #"Nov 23 07:11:08 vm kernel: audit: type=1400 audit(1700000000.1:5): apparmor="DENIED" operation="open" profile="docker-default" name="/proc/x" pid=9 comm="sh""#,
      "auditd.log",
      ["event.type": "denied", "rule.ruleset": "docker-default", "host.name": "vm", "file.path": "/proc/x"]),
    Case(
      "CEF",
      #"Nov 23 07:11:08 fw CEF:0|Vendor|Pro\|duct|1.0|100|Worm stopped|9|src=10.0.0.1 dst=203.0.113.9 spt=1232 msg=Detected a \= threat. No action needed act=blocked suser=kim cs1Label=Zone cs1=a b"#,
      "cef.log",
      [
        "observer.vendor": "Vendor", "observer.product": "Pro|duct", "rule.name": "Worm stopped",
        "log.level": "critical",
        "event.severity": "9", "source.ip": "10.0.0.1", "destination.ip": "203.0.113.9", "source.port": "1232",
        "message": "Detected a = threat. No action needed", "event.action": "blocked", "user.name": "kim",
        "cef.extensions.cs1": "a b", "host.name": "fw",
      ]),
    Case(
      "LEEF",
      "LEEF:2.0|Lancope|StealthWatch|1.0|41|^|src=192.0.2.0^dst=172.50.123.1^sev=5^cat=anomaly^srcPort=81^usrName=joe",
      "leef.log",
      [
        "source.ip": "192.0.2.0", "destination.ip": "172.50.123.1", "event.action": "anomaly", "user.name": "joe",
        "source.port": "81", "log.level": "warning", "event.code": "41",
      ]),
    Case(
      "Sysmon",
      ##"{"Event":{"#attributes":{"xmlns":"x"},"System":{"Provider":{"#attributes":{"Name":"Microsoft-Windows-Sysmon"}},"EventID":1,"Level":4,"TimeCreated":{"#attributes":{"SystemTime":"2025-12-06T21:11:02.649150Z"}},"EventRecordID":67583,"Execution":{"#attributes":{"ProcessID":3904,"ThreadID":4272}},"Channel":"Microsoft-Windows-Sysmon/Operational","Computer":"box"},"EventData":{"RuleName":"-","ProcessId":3412,"Image":"C:\\Windows\\System32\\cmd.exe","CommandLine":"cmd /c \"whoami\"","User":"box\\kim","Hashes":"MD5=AA,SHA256=BB","ParentImage":"C:\\node.exe"}}}"##,
      "windows.event",
      [
        "event.action": "process-created", "host.name": "box", "user.name": "box\\kim", "user.domain": "box",
        "process.name": "cmd.exe", "process.executable": "C:\\Windows\\System32\\cmd.exe",
        "process.command_line": "cmd /c \"whoami\"", "process.hash.sha256": "bb", "process.pid": "3412",
        "winlog.channel": "Microsoft-Windows-Sysmon/Operational", "Image": "C:\\Windows\\System32\\cmd.exe",
        "EventID": "1", "winlog.event_data.ParentImage": "C:\\node.exe", "rule.name": "", "event.code": "1",
        "log.level": "informational",
      ]),
  ]

  static let proxies: [Case] = [
    Case(
      "nginx",
      #"203.0.113.9 - kim [28/Nov/2026:10:00:00 +0000] "GET /a?b=c HTTP/2.0" 200 612 "https://x/" "Mozilla/5.0" "198.51.100.1, 10.0.0.1""#,
      "nginx.access",
      [
        "source.ip": "203.0.113.9", "user.name": "kim", "http.request.method": "GET", "url.path": "/a",
        "url.query": "b=c",
        "http.version": "2.0", "http.response.body.bytes": "612", "http.request.referrer": "https://x/",
        "network.forwarded_ip": "198.51.100.1,10.0.0.1", "event.outcome": "success",
      ]),
    Case(
      "nginx, garbage of a scanner", #"203.0.113.9 - - [28/Nov/2026:10:00:00 +0000] "\x16\x03\x01" 400 157 "-" "-""#,
      "nginx.access", ["http.response.status_code": "400", "nginx.access.request": "\\x16\\x03\\x01", "url.path": ""]),
    Case(
      "ingress-nginx",
      #"203.0.113.9 - - [28/Nov/2026:10:00:00 +0000] "POST /x HTTP/1.1" 502 150 "-" "curl/8" 94 0.123 [shop-web-80] [] 10.0.0.5:8080 0 0.123 502 4d6e0f5b0a1c2d3e4f5061728394a5b6"#,
      "nginx.access",
      [
        "service.name": "shop-web-80", "destination.ip": "10.0.0.5", "destination.port": "8080",
        "event.duration": "123000000", "http.request.id": "4d6e0f5b0a1c2d3e4f5061728394a5b6",
      ]),
    Case(
      "Envoy",
      #"[2026-11-28T10:00:00.310Z] "POST /api/v1/locations HTTP/2" 204 - 154 0 226 100 "10.0.35.28" "nsq2http" "cc21d9b0" "locations" "tcp://10.0.2.1:80""#,
      "envoy.access",
      [
        "http.response.status_code": "204", "url.path": "/api/v1/locations", "source.ip": "10.0.35.28",
        "user_agent.original": "nsq2http", "http.request.bytes": "154", "event.duration": "226000000",
        "url.domain": "locations",
      ]),
    Case(
      "Istio",
      #"[2026-11-28T10:00:00.373Z] "GET /status/418 HTTP/1.1" 418 - via_upstream - "-" 0 135 5 4 "-" "curl/7.73.0" "84961386" "httpbin:8000" "127.0.0.1:80" inbound|8000|| 127.0.0.1:41854 10.44.1.27:80 10.44.1.23:37652 outbound_.8000_._.httpbin default"#,
      "envoy.access",
      [
        "http.response.status_code": "418", "source.ip": "10.44.1.23", "source.port": "37652",
        "destination.ip": "127.0.0.1",
        "message": "via_upstream", "service.name": "inbound|8000||", "event.outcome": "failure",
      ]),
    Case(
      "Istio, JSON",
      #"{"authority":"httpbin:8000","bytes_received":0,"bytes_sent":135,"downstream_remote_address":"10.44.1.23:37652","duration":5,"method":"GET","path":"/status/418","protocol":"HTTP/1.1","request_id":"r","response_code":418,"response_flags":"-","start_time":"2026-11-28T10:00:00.373Z","upstream_host":"10.0.0.1:80","user_agent":"curl","x_forwarded_for":null}"#,
      "envoy.access",
      ["http.response.status_code": "418", "source.ip": "10.44.1.23", "http.version": "1.1", "url.path": "/status/418"]),
  ]

  static let generic: [Case] = [
    Case(
      "logfmt", #"level=warn ts=2026-11-28T10:00:00Z caller=main.go:1 msg="two words" user=kim n=5"#, "logfmt.log",
      [
        "log.level": "warning", "message": "two words", "user.name": "kim", "n": "5",
        "@timestamp": "2026-11-28T10:00:00Z",
      ]),
    Case(
      "zap", #"{"level":"error","ts":1764324000.5,"logger":"controller","msg":"no","error":"timeout","a":{"b":[1,2]}}"#,
      "json.log",
      [
        "@timestamp": "2025-11-28T10:00:00.5Z", "log.level": "error", "log.logger": "controller", "message": "no",
        "error.message": "timeout", "a.b": "1,2",
      ]),
    Case(
      "pino", #"{"level":50,"time":1764324000500,"msg":"x","hostname":"h"}"#, "json.log",
      ["log.level": "error", "host.name": "h", "@timestamp": "2025-11-28T10:00:00.5Z"]),
    Case(
      "ECS",
      #"{"@timestamp":"2026-11-28T10:00:00Z","event":{"category":["authentication"],"type":["start"],"outcome":"failure","action":"login"},"user.name":"kim","source":{"ip":"192.0.2.9","port":22},"process":{"pid":7}}"#,
      "json.log",
      [
        "event.category": "authentication", "event.type": "start", "event.outcome": "failure", "event.action": "login",
        "user.name": "kim", "source.ip": "192.0.2.9", "source.port": "22", "process.pid": "7",
      ]),
    Case(
      "Splunk",
      #"{"time":1764324000.25,"host":"vm","source":"app","sourcetype":"x","event":"plain words","fields":{"k":"v"}}"#,
      "shipper.record", ["message": "plain words", "host.name": "vm", "event.provider": "x", "fields.k": "v"]),
    Case(
      "Splunk with syslog in it",
      #"{"time":1764324000.25,"host":"vm","sourcetype":"linux_secure","event":"<38>Nov 23 07:11:08 box sshd[9]: Accepted publickey for deploy from 10.0.0.4 port 50000 ssh2"}"#,
      "system.sshd",
      [
        "user.name": "deploy", "host.name": "box", "source.ip": "10.0.0.4",
        "bartizan.carrier": "shipper.record,system.syslog",
      ]),
    Case(
      "journald",
      #"{"MESSAGE":"Started x","__REALTIME_TIMESTAMP":"1764324000000000","_HOSTNAME":"vm","SYSLOG_IDENTIFIER":"systemd","_PID":"1"}"#,
      "shipper.record",
      ["message": "Started x", "host.name": "vm", "log.syslog.appname": "systemd", "process.pid": "1"]),
    Case(
      "Filebeat",
      #"{"@timestamp":"2026-11-28T10:00:00Z","message":"hello","agent":{"type":"filebeat","name":"n"},"log":{"file":{"path":"/var/log/x"}},"host":{"name":"vm"}}"#,
      "shipper.record",
      ["message": "hello", "host.name": "vm", "log.file.path": "/var/log/x", "agent.type": "filebeat"]),
    Case("text", "just some words", "text.log", ["message": "just some words"]),
    Case("text that begins like time", "2026-11-28 something happened", "text.log", [:]),
  ]

  @Test func everyMappingHasACase() {
    let covered = Set(Self.all.map(\.dataset))
    let elsewhere: Set<String> = ["kubernetes.audit", "container.log", "csv.row"]
    for source in EventSources.all {
      #expect(
        covered.contains(source.dataset.rawValue) || elsewhere.contains(source.dataset.rawValue), "\(source.title)")
    }
    #expect(Set(EventSources.all.map(\.title)).count == EventSources.all.count)
  }

  /// A mapping is a file of its folder, or one of the few that share one.
  @Test func catalogueAndFolderAgree() throws {
    var declared = 0
    for file in SourceFiles.all(FileReaderForTests.repository + "/Sources/Events/Mappings", suffix: ".swift") {
      declared += try FileReaderForTests.text(file).components(of: " = Mapping(").count - 1
    }
    #expect(declared == EventSources.all.count)
  }

  @Test func everyFieldIsSetBySomeSourceOrFromOutside() {
    let set = EventSources.all.reduce(into: Set<FieldID>()) { $0.formUnion($1.fields) }
    let fromOutside: Set<FieldID> = [
      .eventDataset, .eventIngested, .eventModule, .eventOriginal, .bartizanCarrier, .bartizanParseError,
    ]
    for field in FieldID.allCases where !fromOutside.contains(field) { #expect(set.contains(field), "\(field.name)") }
  }
}

extension String {
  fileprivate func components(of separator: String) -> [String] {
    var parts: [String] = [""]
    var rest = self[...]
    while let character = rest.first {
      if rest.hasPrefix(separator) {
        parts.append("")
        rest = rest.dropFirst(separator.count)
      } else {
        parts[parts.count - 1].append(character)
        rest = rest.dropFirst()
      }
    }
    return parts
  }
}
