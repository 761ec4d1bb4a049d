import Bytes
import Events
import TestKit
import Testing

@Suite struct SecretMaskTests {
  /// What stands between the bars must go, all else must stay.
  static let cases = [
    // Secrets in requests and answers.
    #"{"kind":"Event","apiVersion":"audit.k8s.io/v1","verb":"create","objectRef":{"resource":"secrets","name":"s"},"requestObject":{"kind":"Secret","metadata":{"name":"s"},"data":{"password":"|aHVudGVyMg==|"},"stringData":{"a":"|b|"},"type":"Opaque"},"responseObject":{"kind":"Secret","data":{"password":"|aHVudGVyMg==|"}}}"#,
    #"{"kind":"Event","apiVersion":"audit.k8s.io/v1","verb":"list","objectRef":{"resource":"secrets"},"responseObject":{"kind":"SecretList","items":[{"metadata":{"name":"x"},"data":{"k":"|djE=|"}},{"data":{"k":"|djI=|"}}]}}"#,
    #"{"apiVersion":"audit.k8s.io/v1","kind":"Event","verb":"patch","objectRef":{"resource":"secrets"},"requestObject":[{"op":"replace","path":"/data/k","value":"|djE=|"},{"op":"add","path":"/metadata/labels/x","value":"|y|"}]}"#,
    #"{"kind":"Event","apiVersion":"audit.k8s.io/v1","verb":"patch","objectRef":{"resource":"secrets"},"requestObject":{"data":{"k":"|djE=|"}}}"#,
    #"{"kind":"Event","apiVersion":"audit.k8s.io/v1","verb":"create","objectRef":{"resource":"serviceaccounts","subresource":"token"},"responseObject":{"kind":"TokenRequest","status":{"token":"|eyJhbGciOiJSUzI1NiJ9.eyJhIjoxMjM0NTY3ODkwfQ.c2lnbmF0dXJl|","expirationTimestamp":"2026-11-28T10:00:00Z"}}}"#,
    // A Secret in what kubectl keeps.
    #"{"metadata":{"annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{\"apiVersion\":\"v1\",\"data\":{\"p\":\"|aHVudGVyMg==|\"},\"kind\":\"Secret\"}\n"}},"kind":"X"}"#,
    // Variables of containers.
    #"{"requestObject":{"spec":{"containers":[{"env":[{"name":"DB_PASSWORD","value":"|hunter2|"},{"name":"MODE","value":"fast"}]}]}}}"#,
    // Texts.
    "Authorization: Bearer |abcdef0123456789| ok", "curl https://kim:|hunter2|@example.com/x",
    "--password |hunter2| --user kim",
    "login password=|hunter2|&user=kim", #"msg="x" token="|abc def|" user=kim"#, "db.password: |hunter2|, next",
    "key eyJhbGciOi", "pushed |ghp_0123456789abcdefghij0123| now", "--token=|abc.def| x",
    "2026-01-01T00:00:01.000000001Z stdout F {\"user\":\"kim\",\"password\":\"|x|\"}",
    #"{"pem":"-----BEGIN RSA PRIVATE KEY-----|\nMIIE\nabc\n|-----END RSA PRIVATE KEY-----"}"#,
    // Within text within JSON.
    #"{"message":"{\"kind\":\"Event\",\"objectRef\":{\"resource\":\"secrets\"},\"requestObject\":{\"data\":{\"k\":\"|djE=|\"}}}"}"#,
    #"{"log":"connect with password=|hunter2| to \"db\"\n","stream":"stdout"}"#,
    // Commands: in texts, in pods, in what `exec` was asked to run.
    "mysql -uroot -p|hunter2| -e 'select 1'", "redis-cli -h x -a |hunter2| keys '*'", "sshpass -p |hunter2| ssh root@x",
    "PGPASSWORD=|hunter2| psql -h x", "curl -u kim:|hunter2| https://x", "curl -H 'X-Vault-Token: |hunter2|' https://x",
    "curl -H \"Authorization: token |hunter2|\" https://x", "docker login -u kim -p |hunter2| registry",
    "chpasswd <<< 'root:|hunter2|'", "sh -c \"mongosh -p |hunter2|\"",
    #"{"spec":{"containers":[{"command":["redis-cli","-a","|hunter2|","ping"],"args":["--password","|hunter2|","-v"]}]}}"#,
    #"{"spec":{"containers":[{"livenessProbe":{"exec":{"command":["sh","-c","mysqladmin -p|hunter2| ping"]}}}]}}"#,
    #"{"requestURI":"/api/v1/namespaces/a/pods/b/exec?command=mysql&command=-p|hunter2|&command=-e&container=c"}"#,
    #"{"requestURI":"/api/v1/namespaces/a/pods/b/exec?command=curl&command=-H&command=Authorization%3A%20Bearer%20|abc|&command=x"}"#,
    #"{"requestURI":"/api/v1/namespaces/a/pods/b/exec?command=aws&command=configure&command=|AKIAIOSFODNN7EXAMPLE|"}"#,
    // Keys, however they are written.
    #"{"POSTGRES_PASSWORD":"|x|","MYSQL_PWD":"|x|","superuserPassword":"|x|","dbPass":"|x|","user_pass":"|x|","myToken":"|x|"}"#,
    #"{"x-auth-token":"|x|","accessKey":"|x|","encryptionKey":"|x|","adminPasswd":"|x|","client_secret":"|x|"}"#,
    #"{"env":[{"name":"MYSQL_PWD","value":"|x|"},{"name":"REDIS_AUTH","value":"|x|"},{"name":"COMPASS","value":"n"}]}"#,
    "AccountName=a;AccountKey=|x|;EndpointSuffix=b",
    "login userPass=|x| sessionToken: |y| DB_PASSWD=|z|",
    // Nothing of it.
    "pass: 12, fail: 3, compass=n bypass: all tokens: 5",
    #"{"compass":"n","bypass":"n","tokens":"5","secretName":"tls","data":{"a":"b"}}"#,
    "docker run -p 80:80 x", "mysql -p -u root", "mkdir -p a/b", "ssh -p 22 x", "tar -u a:b",
    "curl https://x/mysql -o p",
    #"{"requestURI":"/api/v1/namespaces/a/pods/b/exec?command=ls&command=-la&command=%2Ftmp"}"#,
    #"{"spec":{"containers":[{"command":["sh","-c","exec app --port 80"],"args":["-p","8080"]}]}}"#,
    #"{"kind":"Event","objectRef":{"resource":"configmaps"},"requestObject":{"kind":"ConfigMap","data":{"a":"b"}}}"#,
    #"{"spec":{"secretName":"tls","tokenExpirationSeconds":600},"secretRef":{"name":"x"}}"#,
    "the secret of password policies",
    #"{"authorization.k8s.io/decision":"allow","credential-id":"JTI=1"}"#,
  ]

  static func shown(_ text: String) -> String {
    EventExpectations.batch(text).events.map { $0.masked().originalText }.joined(separator: "\n")
  }

  @Test func hidden() {
    for marked in Self.cases {
      var parts = marked.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
      let text = parts.joined()
      for index in parts.indices where index % 2 == 1 { parts[index] = "********" }
      let masked = Self.shown(text)
      #expect(masked == parts.joined(), "\(text)")
      // Once is enough, and JSON stays JSON.
      #expect(Self.shown(masked) == masked)
      #expect(EventExpectations.batch(masked).problems.isEmpty)
    }
  }

  /// What is cut off, broken or too deep may be a Secret all the same.
  @Test(arguments: [
    #"{"kind":"Event","auditID":"1","requestObject":{"kind":"Secret","data":|{"k":"U0VLUkVU"|"#,
    #"{"kind":"Event","a":"b"c","requestObject":{"kind":"Secret","stringData":|{"k":"v"|},"type":"Opaque"}}"#,
  ]) func whatCannotBeReadIsHidden(_ marked: String) {
    var parts = marked.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
    let text = parts.joined()
    parts[1] = "********"
    #expect(Self.shown(text) == parts.joined())
  }

  @Test func whatIsTooDeepIsHidden() {
    let deep = String(repeating: "[", count: 300) + String(repeating: "]", count: 300)
    let shown = Self.shown(#"{"kind":"Event","x":\#(deep),"requestObject":{"kind":"Secret","data":{"k":"U0VLUkVU"}}}"#)
    #expect(!shown.contains("U0VLUkVU") && shown.contains(#""kind":"Event""#))
  }

  @Test func fieldsAreMadeOfWhatIsLeft() throws {
    let event = try EventExpectations.event(#"{"msg":"token=abcdef","password":"hunter2","user":"kim"}"#)
    let masked = event.masked()
    EventExpectations.expect(
      masked, "json.log", ["message": "token=********", "password": "********", "user.name": "kim"])
    #expect(EventExpectations.text(event, "password") == "hunter2")
    #expect(masked.values(.eventOriginal).first?.text.contains("hunter2") == false)
    let query = try CompiledQuery("password: hunter*", now: QueryTests.now)
    #expect(query.matches(event) && !query.matches(masked))
  }

  @Test(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.skipMessage)))
  func whatIsShownOfARecordedLogIsStillThatLog() throws {
    let batch = EventDecoder.decode(try EventExpectations.shared("kubernetes-recorded/audit-scenario.jsonl.gz"))
    for event in batch.events where event.index % 8 == 0 {
      let masked = event.masked()
      #expect(masked.dataset == event.dataset && masked.time == event.time && masked[.userName] == event[.userName])
      #expect(masked.line == event.line)
      _ = try JSONReader.read(Array(masked.original))
    }
  }
}
