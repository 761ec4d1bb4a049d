import Bytes
import Collect
import Images
import TestKit
import Testing

@Suite struct SecretTests {
  private static func rules(_ text: String) -> [String] {
    SecretScanner.usual.scan(Array(text.utf8), path: "app/config").map(\.rule)
  }

  /// Made here, so that no file of the project holds what looks like a credential.
  private static func token(_ prefix: String, _ count: Int, _ alphabet: String = "k3Jd9sLq2XbV7nRw5TzY8mHc4PfGa6")
    -> String
  {
    let letters = Array(alphabet)
    return prefix + String((0..<count).map { letters[($0 * 7 + $0 / letters.count) % letters.count] })
  }

  @Test(arguments: [
    ("ghp" + "_", 36, "github-token"), ("AKI" + "A", 16, "aws-access-key"), ("xox" + "b-", 50, "slack-token"),
    ("sk_" + "live_", 30, "stripe-key"), ("npm" + "_", 36, "npm-token"), ("AIz" + "a", 35, "google-api-key"),
    ("gl" + "pat-", 20, "gitlab-token"), ("hv" + "s.", 95, "vault-token"),
  ])
  func tokensAreFoundByTheirFormat(_ prefix: String, _ count: Int, _ rule: String) {
    let alphabet = rule == "aws-access-key" ? "K3JD9SLQ2XBV7NRW" : "k3Jd9sLq2XbV7nRw5TzY8mHc4PfGa6"
    let token = Self.token(prefix, count, alphabet)
    #expect(Self.rules("first line\nTOKEN=\(token)\n") == [rule])
    #expect(Self.rules("\"\(token)\"") == [rule])
    // In the middle of a word, too short, or with one kind of letter it is none.
    #expect(Self.rules("word\(token)").isEmpty)
    #expect(Self.rules("TOKEN=\(token.prefix(prefix.count + 5)) x").isEmpty)
    let found = SecretScanner.usual.scan(Array("a\nb\n\(token)".utf8), path: "p")
    #expect(found.first?.line == 3 && found.first?.shown.contains(token.suffix(8)) == false)
  }

  @Test func keysHaveMoreThanAHead() {
    let head = "-----BEGIN RSA PRIVATE" + " KEY-----"
    let body = (0..<4).map { _ in Self.token("", 64) }.joined(separator: "\n")
    #expect(Self.rules("\(head)\n\(body)\n-----END") == ["private-key"])
    #expect(Self.rules("\(head)\\n\(body.replacing("\n", with: "\\n"))\\n-----END") == ["private-key"])
    #expect(Self.rules("if line == \"\(head)\" { return nil }\nfunc next() {}\n").isEmpty)
  }

  @Test(arguments: [
    ("postgres://shop:s3cr3t-enough@db.internal/shop", true), ("postgres://user:password@host/db", false),
    ("redis://localhost:6379", false), ("mongodb://app:longenough1@localhost/x", false),
    ("postgres://shop:$PASSWORD@db/shop", false),
  ])
  func addressesOfDatabases(_ text: String, _ expected: Bool) {
    #expect(Self.rules("url = \(text)\n").isEmpty != expected)
  }

  @Test func configurationsAreRead() throws {
    let secret = Self.token("ghp" + "_", 36)
    let text =
      "{\"config\":{\"Env\":[\"PATH=/bin\",\"DB_PASSWORD=tr0ub4dor\",\"MODE=prod\"],\"Labels\":{\"note\":\"\(secret)\"}},\"history\":[{\"created_by\":\"|1 API_TOKEN=abcd1234 /bin/sh -c make\"}]}"
    let configuration = ImageConfiguration(try JSONReader.read(Array(text.utf8)))
    #expect(
      ConfigurationSecrets.find(configuration).map { "\($0.rule) \($0.path)" } == [
        "named-credential ENV DB_PASSWORD", "github-token LABEL note", "named-credential step 1, API_TOKEN",
      ])
  }

  /// What a later layer takes away is still there for whoever pulls the image.
  @Test func deletedCredentialsAreFound() async throws {
    let secret = Self.token("ghp" + "_", 36)
    var archive = TarWriter(time: 0)
    archive.add("manifest.json", Array("[{\"Layers\":[\"a\",\"b\"]}]".utf8))
    archive.add("a", TarBuilder.archive([("app/.env", "TOKEN=\(secret)\n"), ("app/kept", "x=\(secret)\n")]))
    archive.add("b", TarBuilder.archive([("app/.wh..env", "")]))
    archive.finish()
    let folder = try TemporaryFolder()
    try folder.write("image.tar", archive.bytes)
    var options = ImageSource.Options()
    options.readsSecrets = true
    options.cache = LayerCache(folder: folder.path + "/cache")
    // The second time from what is known of the layers.
    for _ in 0..<2 {
      let found = try await ImageSource.read(folder.path + "/image.tar", options).secrets
      #expect(
        found.map { "\($0.secret.path) \($0.layer) \($0.isGone)" }.sorted() == ["app/.env 0 true", "app/kept 0 false"])
    }
  }

  /// Each byte may be the last of a file.
  @Test func cutFilesDoNoHarm() {
    var random = SeededRandom(seed: 11)
    let text = Array((SecretRules.all.flatMap(\.anchors).joined(separator: "\n") + Self.token("ghp" + "_", 36)).utf8)
    for _ in 0..<400 {
      let broken = random.mutated(text)
      _ = SecretScanner.usual.scan(Array(broken.prefix(random.below(broken.count + 1))), path: "p")
    }
  }

  /// Samples of another scanner, for the kinds that are looked for here.
  @Test(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.skipMessage)))
  func publishedSamplesAreFound() throws {
    let expected: [String: [String]] = [
      "alibaba-access-key-id.txt": ["alibaba-access-key"], "aws-secrets.txt": ["aws-secret-key", "aws-access-key"],
      "azure-ai-services-key.txt": ["azure-ai-key"],
      "azure-app-config-connection-string.txt": ["azure-app-configuration"],
      "azure-container-registry-credential.txt": ["azure-registry-credential"],
      "azure-entra-client-secret.txt": ["azure-client-secret"], "azure-sas-token.txt": ["azure-sas-token"],
      "azure-storage-account-key.txt": ["azure-storage-key"],
      "builtin-rule-secret.txt": ["github-token", "aws-access-key"],
      "crlf-line-endings.txt": ["aws-access-key", "github-token"],
      "docker-secrets.txt": ["docker-configuration", "docker-configuration"], "example-secret.txt": ["aws-secret-key"],
      "github-app-token.txt": ["github-app-token"], "github-token.txt": ["github-fine-grained-token"],
      "grafana-env.txt": ["grafana-api-key", "grafana-api-key"], "hugging-face-secret.txt": ["hugging-face-token"],
      "invalid-aws-secrets.txt": [], "invalid-utf8.txt": ["github-token"], "jwt-secret.txt": ["jwt"],
      "long-line-secret.txt": ["github-token"], "openai-admin-api-key.txt": ["openai-api-key"],
      "openai-invalid.txt": [],
      "openai-legacy-api-key.txt": ["openai-api-key"], "openai-project-api-key.txt": ["openai-api-key"],
      "openai-realtime-client-secret.txt": ["openai-client-secret"],
      "openai-service-account-key.txt": ["openai-api-key"], "openai-service-api-key.txt": ["openai-api-key"],
      "private-packagist.txt": ["packagist-token", "packagist-token", "packagist-token"], "wrapped-secrets.txt": [],
    ]
    var count = 0
    for (file, rules) in expected {
      let bytes = try SharedData.bytes("images/fixtures/trivy/pkg/fanal/secret/testdata/\(file)")
      #expect(SecretScanner.usual.scan(bytes, path: file).map(\.rule) == rules, "\(file)")
      count += rules.count
    }
    print("\(count) published samples of credentials were found in \(expected.count) files")
  }
}
