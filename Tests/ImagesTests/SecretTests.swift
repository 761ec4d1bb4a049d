import Bytes
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

  /// Files that manifests carry: the name of the file, a line of it, and whether a credential stands there.
  @Test(arguments: [
    ("redis.conf", "requirepass Kz7harbour", true), ("redis.conf", "requirepass ${REDIS_PASSWORD}", false),
    ("fluent.conf", "  password Kz7harbourQ", true), ("fluent.conf", "password changeme", false),
    ("config.xml", "<connection password=\"Kz7harbourQ\" user=\"x\"/>", true),
    ("config.xml", "<connection password=\"${env.DB}\"/>", false),
    ("logstash.conf", "output { es { password => \"Kz7harbourQ\" } }", true),
    ("jaas", "PlainLoginModule required username=\"a\" password=\"k4fkaKz99\";", true),
    ("nginx.conf", "proxy_set_header Authorization \"Basic Kz7harbourQ2mB9\";", true),
    ("nginx.conf", "proxy_set_header Authorization $http_authorization;", false),
    ("htpasswd", "admin:$apr1$6xkVZ0R8$1e2f3g4h5i6j7k8l9m0n1o", true),
    ("settings.py", "SECRET_KEY = \"Kz7-harbour!2mB9xT4wLp8Rd\"", true),
    ("settings.py", "SECRET_KEY = os.environ[\"SECRET_KEY\"]", false),
    ("notes.txt", "The password is kept elsewhere.", false),
    ("users", "vault login s.Kz7harbourQ2mB9xT4wLp8Rd", true), ("users", "vault login -method=oidc", false),
  ])
  func filesOfManifests(_ name: String, _ line: String, _ isFound: Bool) {
    #expect(Credential.inside("first line\n\(line)\nlast line\n", named: name).isEmpty != isFound)
  }

  @Test(arguments: [
    ("checksum/secret", "9f86d081884c7d65", true), ("STAKATER_DB_SECRET", "9f86d081884c7d65", true),
    ("example.com/token", "9f86d081884c7d65", false), ("config-hash", "sha256:9f86d081884c7d65", true),
    ("password-hash", "not hexadecimal", false),
  ])
  func digests(_ name: String, _ value: String, _ isOne: Bool) {
    #expect(Credential.isDigest(named: name, value) == isOne)
  }

  @Test(arguments: [
    ("${TOKEN}", true), ("$TOKEN", true), ("<path:secret/app#key>", true), ("{{ .Values.password }}", true),
    ("REPLACE_ME", true), ("ENC[AES256_GCM,data:x]", true), ("Kz7harbourQ", false), ("changeme", false), ("", false),
  ])
  func placeholders(_ value: String, _ isOne: Bool) { #expect(Credential.isPlaceholder(value) == isOne) }

  @Test(arguments: [
    ("ghp" + "_", 36, "github-token"), ("AKI" + "A", 16, "aws-access-key"), ("xox" + "b-", 50, "slack-token"),
    ("sk_" + "live_", 30, "stripe-key"), ("npm" + "_", 36, "npm-token"), ("AIz" + "a", 35, "google-api-key"),
    ("gl" + "pat-", 20, "gitlab-token"), ("hv" + "s.", 95, "vault-token"), ("hv" + "s.", 24, "vault-token"),
    ("glff" + "ct-", 20, "gitlab-feature-token"), ("GR13" + "48941", 20, "gitlab-runner-token"),
    ("sk-ant" + "-oat01-", 90, "anthropic-token"), ("sk-ant" + "-ort01-", 90, "anthropic-token"),
    ("wh" + "sec_", 32, "stripe-webhook-secret"),
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

  /// Formats as the services document them: what a credential begins with, and how it goes on. The beginnings are cut in two, so
  /// that this file holds nothing that looks like a credential.
  @Test(arguments: [
    ("p8e", "-", 32, hex, "adobe-client-secret"), ("ABS", "K", 120, letters, "amazon-bedrock-key"),
    ("ATB", "B", 32, letters, "bitbucket-token"), ("4b", "1d", 38, letters, "clickhouse-cloud-key"),
    ("CFP", "AT-", 43, letters, "contentful-token"), ("db", "tc_", 40, letters, "dbt-token"),
    ("sl", ".", 140, letters, "dropbox-token"), ("duffel", "_live_", 43, letters, "duffel-token"),
    ("EAA", "C", 120, letters, "facebook-token"), ("fig", "d_", 40, letters, "figma-token"),
    ("fio", "-u-", 64, letters, "frameio-token"), ("glim", "t-", 25, letters, "gitlab-mail-token"),
    ("liv", "e_", 40, letters, "gocardless-token"), ("1/", "/0", 80, letters, "google-refresh-token"),
    ("gs", "k_", 52, letters, "groq-key"), ("ic", "o-", 32, letters, "infracost-key"),
    ("nva", "pi-", 64, letters, "nvidia-key"), ("AP", "I-", 26, "K3JD9SLQ2XBV7NRW5TZY8MHC4PFGA6", "octopus-deploy-key"),
    ("sk-o", "r-v1-", 64, hex, "openrouter-key"), ("sha25", "6~", 43, letters, "openshift-token"),
    ("ppl", "x-", 48, letters, "perplexity-key"), ("pcs", "k_", 70, letters, "pinecone-key"),
    ("pn", "u_", 36, letters, "prefect-key"), ("rdm", "e_", 70, hex, "readme-key"),
    ("r8", "_", 37, letters, "replicate-token"), ("tk-", "us-", 48, letters, "scalingo-token"),
    ("sm_", "pat_", 16, letters, "settlemint-token"), ("shippo", "_live_", 40, hex, "shippo-token"),
    ("shp", "tka_", 32, hex, "shopify-token"), ("oy", "2", 43, "k3jd9slq2xbv7nrw5tzy8mhc4pfga6", "nuget-key"),
    ("sg", "p_", 40, hex, "sourcegraph-token"), ("tskey", "-auth-", 40, letters, "tailscale-key"),
    ("tf", "p_", 59, letters, "typeform-token"), ("vercel", "_blob_rw_", 48, letters, "vercel-blob-token"),
    ("xa", "i-", 80, letters, "xai-key"), ("AQ", "VN", 36, letters, "yandex-key"),
  ])
  func tokensOfManyServicesAreFound(_ a: String, _ b: String, _ count: Int, _ alphabet: String, _ rule: String) {
    let token = Self.token(a + b, count, alphabet)
    #expect(Self.rules("key: \(token)\n") == [rule], "\(rule)")
    #expect(
      Self.rules("key: \(token.dropLast(count / 2))\n").filter { $0 == rule }.isEmpty || count > 100, "\(rule), cut")
    #expect(Self.rules("keyA\(token)A\n").filter { $0 == rule }.isEmpty, "\(rule), in a word")
  }

  private static let letters = "k3Jd9sLq2XbV7nRw5TzY8mHc4PfGa6"
  private static let hex = "3d9a27f58c41b6e0"

  @Test func credentialsOfSeveralParts() {
    let uuid = "3f9a27d5-8c41-4be0-9d17-52ab60cf83e4"
    for (text, rule) in [
      ("amzn." + "mws.\(uuid)", "amazon-mws-token"), ("access-" + "production-\(uuid)", "plaid-token"),
      ("sdk" + "-\(uuid)", "launchdarkly-key"), ("waka" + "_\(uuid)", "wakatime-key"),
      ("pat-" + "na1-\(uuid)", "hubspot-token"),
      ("3f9a27d58c414be09d1752ab60cf83e4" + "-us12", "mailchimp-key"),
      ("pat" + ".k3Jd9sLq2XbV7nRw5TzY8m.3f9a27d58c414be09d1752ab.k3Jd9sLq2XbV7nRw5TzY", "harness-token"),
      ("\"auth\": " + "\"c2hvcDpodW50ZXIyLWFuZC1tb3Jl\"", "docker-login"),
      ("https" + "://shop:hunter2-and-more@git.internal/shop.git", "http-password"),
      ("client-key-data: " + "LS0t" + Self.token("", 200), "kubeconfig-key"),
      ("//registry.internal/" + ":_authToken=" + Self.token("", 36), "npm-registry-token"),
    ] { #expect(Self.rules("x = \(text)\n").contains(rule), "\(rule)") }
    for text in [
      "https://user:password@example.org/", "https://example.org/a:b@c", "http://host:8080/", "\"auth\": \"\"",
      "\"auth\": \"bm8gY29sb24gaGVyZQ==\"", "npm config set :_authToken=${NPM_TOKEN}", "sdk-1.2.3", "api-server",
      "client-key-data: LS0tLS1CRUdJTg==", "pat.name", "live_reload_of_the_page",
    ] { #expect(Self.rules("x = \(text)\n").isEmpty, "\(text): \(Self.rules(text))") }
  }

  @Test func rulesAreToldApart() {
    #expect(Set(SecretRules.all.map(\.id)).count == SecretRules.all.count)
    #expect(SecretRules.all.allSatisfy { $0.anchors.allSatisfy { $0.utf8.count >= 3 } })
  }

  /// The one credential that another scanner's samples hold, wherever it stands: in their repositories, archives and reports.
  @Test(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.skipMessage)))
  func samplesOfGitRepositoriesAreFound() throws {
    let key = Array(("AKI" + "ALALEMEL33243OLIA").utf8)
    var holding = 0
    for file in SourceFiles.all(SharedData.root + "/images/fixtures/gitleaks/testdata", suffix: "")
    where !file.hasSuffix(".tar") {
      // What is packed is read as a layer, and not as a text.
      guard let bytes = try? FileReaderForTests.bytes(file) else { continue }
      let text = String(decoding: bytes, as: UTF8.self)
      let count =
        text.split(separator: String(decoding: key, as: UTF8.self), omittingEmptySubsequences: false).count - 1
      let found = SecretScanner.usual.scan(bytes, path: "sample").filter { $0.rule == "aws-access-key" }.count
      #expect(found >= count, "\(file): \(found) of \(count)")
      if count > 0 { holding += 1 }
    }
    #expect(holding >= 3)
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
      "invalid-aws-secrets.txt": [], "invalid-utf8.txt": ["github-token"], "jwt-secret.txt": [],
      "long-line-secret.txt": ["github-token"], "openai-admin-api-key.txt": ["openai-api-key"],
      "openai-invalid.txt": [],
      "openai-legacy-api-key.txt": ["openai-api-key"], "openai-project-api-key.txt": ["openai-api-key"],
      "openai-realtime-client-secret.txt": ["openai-client-secret"],
      "openai-service-account-key.txt": ["openai-api-key"], "openai-service-api-key.txt": ["openai-api-key"],
      "private-packagist.txt": ["packagist-token", "packagist-token", "packagist-token"], "wrapped-secrets.txt": [],
    ]
    // The token in `jwt-secret.txt` is the one that the documentation of the format shows, and opens nothing.
    var count = 0
    for (file, rules) in expected {
      let bytes = try SharedData.bytes("images/fixtures/trivy/pkg/fanal/secret/testdata/\(file)")
      #expect(SecretScanner.usual.scan(bytes, path: file).map(\.rule) == rules, "\(file)")
      count += rules.count
    }
    print("\(count) published samples of credentials were found in \(expected.count) files")
  }

  /// Put together here, so that no file of the project holds what looks like a credential.
  private static let phrase = "V9$kq2!" + "mZr7Lw"
  private static let longToken = "k3Jd9sLq2XbV" + "7nRw5TzY8mHc4PfGa6"

  @Test(
    "registry/16-secrets-missed: places tell credentials",
    arguments: [
      ("app/.env", "DB_PASSWORD=\(phrase)", "named-credential"),
      ("app/.env.production", "export API_TOKEN='\(longToken)'", "named-credential"),
      ("app/application.yml", "spring:\n  datasource:\n    password: \(phrase)", "named-credential"),
      ("app/application.properties", "spring.datasource.password=\(phrase)", "named-credential"),
      ("app/application.properties", "aws.secretKey=\(longToken)\(longToken.prefix(10))", "named-credential"),
      (
        "app/application.properties",
        "spring.datasource.url=jdbc:sqlserver://db;user=sa;password=\(phrase);encrypt=true",
        "named-credential"
      ),
      (
        "app/kafka.properties",
        "sasl.jaas.config=org.apache.kafka.PlainLoginModule required username=\"a\" password=\"\(phrase)\";",
        "named-credential"
      ),
      ("app/settings.json", "  \"clientSecret\": \"\(longToken)\",", "named-credential"),
      ("app/deployment.yaml", "env:\n- name: DB_PASSWORD\n  value: \(phrase)", "named-credential"),
      ("root/.kube/config", "users:\n- name: ci\n  user:\n    token: \(longToken)", "named-credential"),
      ("app/datadog.yaml", "api_key: 3d9a27f58c41b6e03d9a27f58c41b6e0", "named-credential"),
      ("root/.netrc", "machine git.internal\n  login ci\n  password hunter2", "netrc-password"),
      ("root/.netrc", "machine git.internal login ci password hunter2", "netrc-password"),
      ("root/.pgpass", "db.internal:5432:*:shop:hunter\\:2", "pgpass-password"),
      ("root/.npmrc", "_auth=" + "c2hvcDpodW50ZXIyLWFuZC1tb3Jl", "npm-login"),
      ("root/.npmrc", "//npm.internal/:_password=\"aHVudGVyMi1hbmQ=\"", "npm-login"),
      ("root/.bash_history", "mysql -u root -phunter2x shop", "command-password"),
      ("root/.bash_history", "curl -u ci:hunter2x https://git.internal/", "command-password"),
      ("root/.bash_history", "docker login -u ci -p hunter2x registry.internal", "command-password"),
      ("root/.bash_history", "sshpass -p hunter2x ssh host", "command-password"),
      ("root/.bash_history", "curl -H 'Authorization: Bearer \(longToken)' https://api", "command-password"),
      ("root/.zsh_history", ": 1690000000:0;curl -uci:hunter2x https://git.internal/", "command-password"),
      ("etc/redis/redis.conf", "requirepass \(longToken)", "named-credential"),
      ("root/.pypirc", "[pypi]\nusername = ci\npassword = \(phrase)", "named-credential"),
      ("root/.m2/settings.xml", "<server><id>x</id>\n<password>\(phrase)</password></server>", "named-credential"),
      ("app/web.config", "<add key=\"DbPassword\" value=\"\(phrase)\"/>", "named-credential"),
      ("var/www/wp-config.php", "define( 'DB_PASSWORD', '\(phrase)' );", "named-credential"),
      ("app/settings.py", "SECRET_KEY = '\(longToken)'", "named-credential"),
      ("app/config.js", "const apiKey = \"\(longToken)\";", "named-credential"),
      ("app/start.sh", "PGPASSWORD=\(longToken) psql -h db", "named-credential"),
      // Reports of other scanners' users: documents without line breaks, source code of more kinds, statements, and more.
      ("app/config.json", "{\"db\":{\"host\":\"x\",\"password\":\"\(phrase)\"},\"y\":[1,2]}", "named-credential"),
      (
        "app/one.tfstate",
        "{\"instances\":[{\"attributes\":{\"user\":\"a\",\"master_password\":\"\(phrase)\",\"x\":1}}]}",
        "named-credential"
      ),
      ("app/.envrc", "export DB_PASSWORD=\(phrase)", "named-credential"),
      ("app/main.tf", "  password = \"\(phrase)\"", "named-credential"),
      ("app/app.tsx", "const apiKey: string = \"\(longToken)\";", "named-credential"),
      ("app/config.rs", "let api_key: &str = \"\(longToken)\";", "named-credential"),
      ("app/aws.js", "  secretAccessKey: \"\(longToken)\(longToken.prefix(10))\",", "named-credential"),
      ("app/client.scala", ".header(\"Authorization\", s\"Bearer \(longToken)\")", "named-credential"),
      ("app/tests.config.ts", "'Authorization': `Bearer \(longToken)`,", "named-credential"),
      ("app/init.sql", "CREATE USER app WITH PASSWORD '\(phrase)';", "named-credential"),
      ("app/init.sql", "create user 'app'@'%' identified by '\(phrase)';", "named-credential"),
      ("app/setup.ps1", "$env:DB_PASSWORD = \"\(phrase)\"", "named-credential"),
      ("app/setup.ps1", "$p = ConvertTo-SecureString \"\(phrase)\" -AsPlainText -Force", "named-credential"),
      ("app/odbc.py", "conn = \"DRIVER=x;SERVER=y;UID=sa;PWD=\(phrase)\"", "named-credential"),
      (
        "root/.bash_history", "aws configure set aws_secret" + "_access_key \(longToken)\(longToken.prefix(10))",
        "aws-secret-key"
      ),
      (
        "home/u/key.ppk",
        "PuTTY-User-Key-"
          + "File-3: ssh-ed25519\nEncryption: none\nComment: a\nPublic-Lines: 1\n\(longToken)\(longToken)\nPrivate-Lines: 1\n\(longToken)\nPrivate-MAC: x",
        "putty-key"
      ),
      ("app/twilio.txt", "SK" + "3d9a27f58c41b6e03d9a27f58c41b6e0", "twilio-key"),
      (
        "app/key.pem", "-----BEGIN ENCRYPTED PRIVATE" + " KEY-----\n\(longToken)\(longToken)\(longToken)\n",
        "private-key"
      ),
    ])
  func placesTellCredentials(_ path: String, _ text: String, _ rule: String) {
    #expect(SecretScanner.usual.scan(Array(text.utf8), path: path).map(\.rule) == [rule])
    let units = [0xFEFF] + Array(text.utf16)
    let wide = units.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    #expect(SecretScanner.usual.scan(wide, path: path).map(\.rule) == [rule], "UTF-16")
    // It says so of no other kind of file.
    if rule == "named-credential" { #expect(Self.rules(text).isEmpty || path.hasSuffix("/config")) }
  }

  @Test(
    "registry/16-secrets-missed: placeholders and settings are none",
    arguments: [
      ("app/.env", "DB_PASSWORD=changeme"), ("app/.env", "DB_PASSWORD=${DB_PASSWORD}"),
      // Reports of other scanners' users.
      (
        // Stand-ins of documentation, none of which is a key. They are put together here, so that whoever searches the sources for
        // keys finds none.
        "app/a.txt",
        "AKI" + "AXXXXXXXXXXXXXXXX AKI" + "A0000000000000000 AKI" + "A1234567890123456 ASI" + "AEXAMPLEXEG2JICEA"
      ),
      ("app/auth.ts", "export enum Auth { Token = \"X-Auth-Token-Header\" }"),
      ("app/keys.json", "{\"key\": \"ctrl+shift+down\",\"command\":\"x\"}"),
      ("app/i18n.json", "{\"password\": \"Passwort eingeben\", \"token\": \"Zugangstoken\"}"),
      ("app/x.groovy", "[envVar: 'TF_VAR_SECRETID', vaultKey: 'inf-vsqt-01-secret-id']"),
      ("app/sm.ts", "const secret = \"incidentfox/prod/anthropic\""),
      ("app/main.tf", "variable \"password\" {\n  sensitive = true\n}\npassword = var.db_password"),
      (
        "app/init.sql",
        "ALTER TABLE users ADD COLUMN password VARCHAR(255) NOT NULL;\nCREATE USER a WITH PASSWORD :'pw';"
      ),
      ("app/setup.ps1", "$password = Read-Host -AsSecureString\n$env:TOKEN = $token"),
      ("app/x.tsx", "<input type=\"password\" name=\"password\" placeholder=\"Password123\"/>"),
      ("app/nginx.conf", "proxy_set_header Authorization \"Bearer $token\";"),
      ("app/x.ts", "headers: {'Authorization': `Bearer ${accessToken.value}`}"),
      ("app/stub.txt", "shpat" + "_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx hv" + "s.xxxxxxxxxxxxxxxxxxxxxxxx"),
      ("app/.env", "DB_PASSWORD=$(cat /run/pw)"),
      ("app/.env", "PULL_SECRET=regcred"), ("app/.env", "MAX_TOKEN=4096"),
      ("app/.env", "TOKEN_FILE=/run/secrets/token"),
      ("app/.env", "# DB_PASSWORD=\(phrase)"), ("app/.env", "SECRET_NAME=shop-db-credentials"),
      ("app/.env", "PASSWORD="),
      ("app/application.yml", "password: ENC[AES256_GCM,data:abc]"),
      ("app/application.yml", "password: {{ .Values.password }}"),
      ("app/application.yml", "token: ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"),
      ("app/application.yml", "secretName: shop-tls"), ("app/application.yml", "secret: example-secret-1"),
      ("app/deployment.yaml", "env:\n- name: DB_PASSWORD\n  valueFrom:\n    secretKeyRef: {name: shop, key: password}"),
      ("app/settings.json", "\"passwordPolicy\": \"AtLeast8Characters\""),
      ("app/settings.json", "\"token\": \"com.shop.Token\""),
      ("app/settings.py", "SECRET_KEY = os.environ['SECRET_KEY']"), ("app/x.js", "const token = getToken(request);"),
      ("app/x.ts", "password: string;"), ("app/pom.xml", "<password>${env.PASSWORD}</password>"),
      ("usr/lib/python3/site-packages/x.py", "SECRET_KEY = '\(longToken)'"),
      ("app/x.xml", "<property name=\"passwordPolicy\" value=\"AtLeast8Characters\"/>"),
      ("root/.netrc", "machine git.internal login ci password $TOKEN"), ("root/.pgpass", "db:5432:shop:shop:*"),
      ("root/.npmrc", "//npm.internal/:_auth=${NPM_AUTH}"), ("root/.bash_history", "mysql -u root -p shop"),
      ("root/.bash_history", "mkdir -pv folder"), ("root/.bash_history", "curl -u ci https://git.internal"),
      ("root/.bash_history", "docker run -p 8080:80 login"), ("app/start.sh", "PASSWORD=\"$1\""),
      (
        "app/jwt.txt",
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."
          + "eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c"
      ),
      (
        "app/logo.css",
        "url(data:image/png;base64," + "iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4" + "/AKI"
          + "AK3JD9SLQ2XBV7NRW/w38GIAXDIBKE0DHxgljNBAAO9TXL0Y4OHwAAAABJRU5ErkJggg==)"
      ),
    ])
  func placeholdersAndSettingsAreNone(_ path: String, _ text: String) {
    #expect(SecretScanner.usual.scan(Array(text.utf8), path: path).map(\.rule) == [])
  }

  @Test func testsOfPackagesAreSkippedAndThoseOfTheApplicationAreNot() {
    #expect(SecretScanner.wants("app/examples/prod.env") && SecretScanner.wants("app/tests/id_rsa"))
    for path in ["usr/share/doc/x/key.pem", "app/node_modules/x/test/key.pem", "usr/lib/python3/test/x.pem"] {
      #expect(!SecretScanner.wants(path))
    }
  }
}
