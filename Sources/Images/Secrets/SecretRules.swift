import Bytes

/// All kinds of credentials that are looked for. A new one is a line here.
///
/// Source: the documentation of each service for its tokens; where it tells none, the tokens that it hands out.
package enum SecretRules {
  package static let all: [SecretRule] = [
    SecretRule("alibaba-access-key", "Alibaba Cloud access key", ["LTAI"], .alphanumeric, 12...20),
    SecretRule("age-secret-key", "age secret key", ["AGE-SECRET-KEY-1"], .uppercase, 58...58),
    SecretRule(
      "anthropic-api-key", "Anthropic API key", ["sk-ant-api03-", "sk-ant-admin01-"], .url, 80...110),
    SecretRule(
      "anthropic-token", "Anthropic OAuth token", ["sk-ant-oat01-", "sk-ant-ort01-"], .url, 60...200, entropy: 3.5),
    SecretRule("artifactory-api-key", "Artifactory API key", ["AKCp"], .alphanumeric, 66...72),
    SecretRule("artifactory-token", "Artifactory reference token", ["cmVmdGtu"], .alphanumeric, 56...56),
    SecretRule("atlassian-token", "Atlassian API token", ["ATATT3"], Alphabet("_-=".utf8 + letters), 180...200),
    SecretRule(
      "aws-access-key", "AWS access key", ["AKIA", "ASIA", "ABIA", "ACCA"], .uppercase, 16...16, entropy: 2.5,
      check: { !contains($0, "EXAMPLE") && !$0.dropFirst(4).allSatisfy { $0 &- 0x30 < 10 } }),
    SecretRule(
      "azure-ai-key", "Azure AI services key", ["JQQJ99"], .alphanumeric, 26...26, before: .alphanumeric, lead: 52...52,
      check: { !contains($0, "AZCR") }),
    SecretRule(
      "azure-registry-credential", "Azure Container Registry credential", ["JQQJ99"], .alphanumeric, 26...26,
      before: .alphanumeric, lead: 52...52, check: { contains($0, "AZCR") }),
    SecretRule(
      "azure-app-configuration", "Azure App Configuration connection string", [".azconfig.io;Id="],
      Alphabet("_-+/=;".utf8 + letters), 30...200, before: .dotted, lead: 1...80, check: { contains($0, ";Secret=") }),
    SecretRule(
      "azure-client-secret", "Microsoft Entra client secret", ["8Q~", "7Q~"], Alphabet("_~.-".utf8 + letters), 31...34,
      before: Alphabet("_~.-".utf8 + letters), lead: 3...3),
    SecretRule(
      "azure-sas-token", "Azure shared access signature", ["&sig="], .urlEncoded, 43...60,
      before: Alphabet("_-.~%+/=&:".utf8 + letters), lead: 20...400, check: { contains($0, "sv=20") }),
    SecretRule(
      "azure-storage-key", "Azure storage account key", ["AccountKey="], .base64, 86...88, check: { ends($0, "=") }),
    SecretRule("buildkite-token", "Buildkite token", ["bkua_"], .lowercase, 40...40),
    SecretRule("circleci-token", "CircleCI token", ["CCIPAT_"], .word, 40...80),
    SecretRule("clojars-token", "Clojars deploy token", ["CLOJARS_"], .lowercase, 60...60),
    SecretRule("cloudflare-origin-key", "Cloudflare origin CA key", ["v1.0-"], Alphabet("-".utf8 + hex), 171...171),
    SecretRule("databricks-token", "Databricks token", ["dapi"], Alphabet("-".utf8 + hex), 32...34, entropy: 2.5),
    SecretRule(
      "digitalocean-token", "DigitalOcean token", ["dop_v1_", "doo_v1_", "dor_v1_"], .hexadecimal, 64...64),
    SecretRule(
      "discord-webhook", "Discord webhook", ["discord.com/api/webhooks/"], Alphabet("_-/".utf8 + letters), 77...120,
      before: Alphabet(":/".utf8 + letters), lead: 0...8),
    SecretRule("docker-token", "Docker Hub token", ["dckr_pat_", "dckr_oat_"], .url, 24...36),
    SecretRule(
      "docker-configuration", "Docker registry credentials in a Secret", [".dockerconfigjson: ", ".dockercfg: "],
      .base64,
      10...100_000, check: { isBase64JSON($0) }),
    SecretRule("doppler-token", "Doppler token", ["dp.pt.", "dp.st.", "dp.ct.", "dp.sa."], .dotted, 40...60),
    SecretRule("dynatrace-token", "Dynatrace token", ["dt0c01."], Alphabet(".".utf8 + letters), 89...89),
    SecretRule("easypost-key", "EasyPost key", ["EZAK", "EZTK"], .alphanumeric, 54...54),
    SecretRule("flutterwave-key", "Flutterwave key", ["FLWSECK-", "FLWSECK_TEST-"], .url, 12...44, entropy: 2.5),
    SecretRule("fly-token", "Fly.io token", ["fo1_", "fm2_"], Alphabet("_-+/=".utf8 + letters), 43...600),
    SecretRule(
      "github-token", "GitHub token", ["ghp_", "gho_", "ghu_", "ghr_"], .alphanumeric, 36...255, entropy: 3),
    SecretRule("github-app-token", "GitHub app token", ["ghs_"], .dotted, 36...600, entropy: 3),
    SecretRule("github-fine-grained-token", "GitHub fine-grained token", ["github_pat_"], .word, 82...82, entropy: 3),
    SecretRule(
      "gitlab-token", "GitLab token", ["glpat-", "gldt-", "glrt-", "glptt-", "gloas-", "glcbt-", "glsoat-", "glft-"],
      .dotted,
      20...70, entropy: 3),
    SecretRule("gitlab-feature-token", "GitLab feature flags token", ["glffct-"], .url, 20...20, entropy: 3),
    SecretRule(
      "gitlab-runner-token", "GitLab runner registration token", ["GR1348941"], .url, 20...20, entropy: 3),
    SecretRule("gitlab-agent-token", "GitLab agent token", ["glagent-"], .url, 50...50),
    SecretRule("google-api-key", "Google API key", ["AIza"], .url, 35...35, entropy: 3.5),
    SecretRule("google-client-secret", "Google OAuth client secret", ["GOCSPX-"], .url, 28...28),
    SecretRule("google-access-token", "Google access token", ["ya29."], .url, 60...300),
    SecretRule("grafana-api-key", "Grafana API key", ["eyJrIjoi"], .base64, 70...400),
    SecretRule("grafana-token", "Grafana token", ["glsa_"], .word, 41...41),
    SecretRule("grafana-cloud-token", "Grafana Cloud token", ["glc_"], .base64, 32...400),
    SecretRule("heroku-key", "Heroku API key", ["HRKU-"], .url, 36...66),
    SecretRule("hugging-face-token", "Hugging Face token", ["hf_", "api_org_"], .alphanumeric, 34...40, entropy: 3.5),
    SecretRule("jwt", "JSON Web Token", ["eyJ"], .dotted, 50...8000, check: { isToken($0) }),
    SecretRule("linear-key", "Linear API key", ["lin_api_"], .alphanumeric, 40...40),
    SecretRule("mailgun-key", "Mailgun key", ["key-"], .hexadecimal, 32...32, entropy: 2.5),
    SecretRule("netlify-token", "Netlify token", ["nfp_"], .alphanumeric, 36...40),
    SecretRule("new-relic-key", "New Relic key", ["NRAK-", "NRAA-", "NRII-"], .url, 27...32, entropy: 3),
    SecretRule("notion-token", "Notion token", ["ntn_"], .alphanumeric, 46...46),
    SecretRule("nuget-key", "NuGet API key", ["oy2"], .lowercase, 43...43, entropy: 3.5),
    SecretRule("npm-token", "npm token", ["npm_"], .alphanumeric, 36...36, entropy: 3),
    SecretRule(
      "openai-api-key", "OpenAI API key", ["T3BlbkFJ"], .url, 16...120, before: .url, lead: 19...130,
      check: { isOpenAI($0) }),
    SecretRule("openai-client-secret", "OpenAI client secret", ["ek_"], .hexadecimal, 32...32, entropy: 2.5),
    SecretRule("onepassword-token", "1Password service account token", ["ops_eyJ"], .base64, 250...2000),
    SecretRule(
      "packagist-token", "Private Packagist token", ["packagist_ort_", "packagist_out_", "packagist_uut_"],
      .anyHexadecimal, 60...72),
    SecretRule(
      "planetscale-token", "PlanetScale token", ["pscale_tkn_", "pscale_pw_", "pscale_oauth_"], .dotted, 32...64),
    SecretRule("postman-key", "Postman API key", ["PMAK-"], Alphabet("-".utf8 + hex), 59...59),
    SecretRule(
      "private-key", "Private key",
      [
        "-----BEGIN PRIVATE KEY-----", "-----BEGIN RSA PRIVATE KEY-----", "-----BEGIN EC PRIVATE KEY-----",
        "-----BEGIN DSA PRIVATE KEY-----", "-----BEGIN OPENSSH PRIVATE KEY-----",
        "-----BEGIN PGP PRIVATE KEY BLOCK-----", "-----BEGIN ENCRYPTED PRIVATE KEY-----",
      ],
      Alphabet("\r\n\\ \t:,.-()".utf8 + Array("+/=".utf8) + letters), 64...40_000, check: { isKey($0) }),
    SecretRule(
      "putty-key", "PuTTY private key", ["PuTTY-User-Key-File-"],
      Alphabet("\r\n \t:,.-_@()+/=".utf8 + letters), 100...40_000, check: { contains($0, "Private-Lines: ") }),
    SecretRule("pulumi-token", "Pulumi token", ["pul-"], .hexadecimal, 40...40),
    SecretRule(
      "pypi-token", "PyPI upload token", ["pypi-AgEIcHlwaS5vcmc", "pypi-AgENdGVzdC5weXBpLm9yZ"], .url, 50...1000),
    SecretRule("rubygems-key", "RubyGems key", ["rubygems_"], .hexadecimal, 48...48),
    SecretRule("sendgrid-key", "SendGrid key", ["SG."], .dotted, 66...66, entropy: 3.5),
    SecretRule("sentry-token", "Sentry token", ["sntrys_", "sntryu_"], .base64, 64...400),
    SecretRule(
      "shopify-token", "Shopify token", ["shpat_", "shpca_", "shppa_", "shpss_", "shptka_"], .anyHexadecimal, 32...32,
      entropy: 2.5),
    SecretRule(
      "slack-token", "Slack token", ["xoxb-", "xoxp-", "xoxa-", "xoxr-", "xoxs-", "xoxe-"], .url, 24...255, entropy: 3),
    SecretRule("slack-app-token", "Slack app token", ["xapp-1-"], .url, 60...120),
    SecretRule(
      "slack-webhook", "Slack webhook", ["hooks.slack.com/services/T", "hooks.slack.com/workflows/T"],
      Alphabet("/".utf8 + letters), 40...80, before: Alphabet(":/".utf8 + letters), lead: 0...8, entropy: 3),
    SecretRule("sonar-token", "SonarQube token", ["squ_", "sqp_", "sqa_"], .hexadecimal, 40...40),
    SecretRule("square-token", "Square token", ["sq0atp-", "sq0csp-"], .url, 22...43, entropy: 3),
    SecretRule("stripe-key", "Stripe key", ["sk_live_", "rk_live_"], .alphanumeric, 24...250, entropy: 3),
    SecretRule("stripe-webhook-secret", "Stripe webhook secret", ["whsec_"], .base64, 32...64, entropy: 3.5),
    SecretRule("supabase-token", "Supabase token", ["sbp_"], .hexadecimal, 40...40),
    SecretRule(
      "telegram-token", "Telegram bot token", [":AA"], .url, 33...33, before: .decimal, lead: 8...10, entropy: 3),
    SecretRule(
      "terraform-token", "Terraform Cloud token", [".atlasv1."], .url, 60...70, before: .alphanumeric, lead: 14...14),
    SecretRule("vault-token", "Vault token", ["hvs.", "hvb.", "hvr."], .url, 24...300, entropy: 3.5),
    SecretRule("adobe-client-secret", "Adobe client secret", ["p8e-"], .anyHexadecimal, 32...32, entropy: 2.5),
    SecretRule("amazon-bedrock-key", "Amazon Bedrock API key", ["ABSK"], .base64, 109...269, entropy: 3.5),
    SecretRule("amazon-mws-token", "Amazon MWS token", ["amzn.mws."], Alphabet("-".utf8 + hex), 36...36),
    SecretRule(
      "azure-32-byte-key", "Azure key (Service Bus, Event Hubs, Relay, IoT Hub)", ["+ASb", "+AEh", "+ARm", "AIoT"],
      .base64,
      7...7, before: Alphabet("+/".utf8 + letters), lead: 33...33, check: { ends($0, "=") }),
    SecretRule(
      "azure-64-byte-key", "Azure key (Cosmos DB, Storage, Batch, API Management)",
      ["ACDb", "+ASt", "+ABa", "APIM", "+AMC"],
      .base64, 8...8, before: Alphabet("+/".utf8 + letters), lead: 76...76, check: { ends($0, "==") }),
    SecretRule(
      "azure-devops-token", "Azure DevOps token", ["AZDO"], .alphanumeric, 4...4, before: .alphanumeric, lead: 76...76),
    SecretRule(
      "bitbucket-token", "Bitbucket token", ["ATBB", "ATCTT3"], Alphabet("_-=".utf8 + letters), 32...200, entropy: 3.5),
    SecretRule("brevo-key", "Brevo API key", ["xkeysib-"], Alphabet("-".utf8 + letters), 81...81),
    SecretRule("clickhouse-cloud-key", "ClickHouse Cloud key", ["4b1d"], .alphanumeric, 38...38, entropy: 3.5),
    SecretRule("contentful-token", "Contentful token", ["CFPAT-"], .url, 43...43),
    SecretRule("dbt-token", "dbt Cloud token", ["dbtc_", "dbts_"], .url, 32...80, entropy: 3.5),
    SecretRule(
      "docker-login", "Login in a Docker configuration", ["\"auth\": \"", "\"auth\":\""], .base64, 8...2000,
      check: { isLogin($0) }),
    SecretRule("dropbox-token", "Dropbox token", ["sl."], Alphabet("_-.=".utf8 + letters), 130...1300, entropy: 4),
    SecretRule("duffel-token", "Duffel token", ["duffel_test_", "duffel_live_"], .url, 43...43),
    SecretRule("elastic-cloud-key", "Elastic Cloud key", ["essu_"], .base64, 60...200),
    SecretRule("facebook-token", "Facebook token", ["EAAC", "EAAM"], .alphanumeric, 90...400, entropy: 4),
    SecretRule("figma-token", "Figma token", ["figd_", "figu_"], .url, 40...60),
    SecretRule("frameio-token", "Frame.io token", ["fio-u-"], .url, 64...64),
    SecretRule("gitlab-mail-token", "GitLab mail token", ["glimt-"], .url, 25...25),
    SecretRule("gocardless-token", "GoCardless token", ["live_"], .url, 40...40, entropy: 3.8),
    SecretRule("google-refresh-token", "Google refresh token", ["1//0"], .url, 60...200, entropy: 4),
    SecretRule("groq-key", "Groq API key", ["gsk_"], .alphanumeric, 52...52, entropy: 3.5),
    SecretRule(
      "harness-token", "Harness token", ["pat.", "sat."], .dotted, 68...68,
      check: { $0.filter { $0 == UInt8(ascii: ".") }.count == 3 }),
    SecretRule(
      "http-password", "Password in a URL", ["https://", "http://"], Alphabet("_-.~%+=:@!*,;&".utf8 + letters),
      12...300,
      check: { holdsPassword($0) }),
    SecretRule(
      "hubspot-token", "HubSpot token", ["pat-na1-", "pat-na2-", "pat-eu1-"], Alphabet("-".utf8 + hex), 36...36),
    SecretRule("infracost-key", "Infracost key", ["ico-"], .alphanumeric, 32...32, entropy: 3.5),
    SecretRule(
      "kubeconfig-key", "Key of a kubeconfig", ["client-key-data: LS0t", "client-key-data: \"LS0t"], .base64,
      100...20_000),
    SecretRule("langsmith-key", "LangSmith key", ["lsv2_pt_", "lsv2_sk_"], Alphabet("_".utf8 + hex), 43...43),
    SecretRule(
      "launchdarkly-key", "LaunchDarkly key", ["sdk-", "api-"], Alphabet("-".utf8 + hex), 36...36, check: { isUUID($0) }
    ),
    SecretRule(
      "mailchimp-key", "Mailchimp key", ["-us"], .decimal, 1...2, before: .hexadecimal, lead: 32...32,
      check: { Set($0.prefix(32)).count > 8 }),
    SecretRule("mapbox-secret-token", "Mapbox secret token", ["sk.eyJ"], .dotted, 60...200),
    SecretRule("maxmind-key", "MaxMind license key", ["_mmk"], .none, 0...0, before: .word, lead: 36...36),
    SecretRule("npm-registry-token", "Token of an npm registry", [":_authToken="], .url, 20...400, entropy: 3),
    SecretRule("nvidia-key", "NVIDIA API key", ["nvapi-"], .url, 60...80),
    SecretRule("octopus-deploy-key", "Octopus Deploy key", ["API-"], .uppercase, 26...26, entropy: 3.5),
    SecretRule(
      "onepassword-secret-key", "1Password secret key", ["A3-"],
      Alphabet("-".utf8 + Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789".utf8)), 31...37, entropy: 3.5,
      check: { (5...6).contains($0.filter { $0 == UInt8(ascii: "-") }.count) }),
    SecretRule("openrouter-key", "OpenRouter key", ["sk-or-v1-"], .hexadecimal, 64...64),
    SecretRule("openshift-token", "OpenShift token", ["sha256~"], .url, 43...43),
    SecretRule("perplexity-key", "Perplexity API key", ["pplx-"], .alphanumeric, 48...48),
    SecretRule("pinecone-key", "Pinecone key", ["pcsk_"], .word, 60...80),
    SecretRule(
      "plaid-token", "Plaid access token", ["access-production-", "access-development-"], Alphabet("-".utf8 + hex),
      36...36),
    SecretRule("prefect-key", "Prefect key", ["pnu_"], .alphanumeric, 36...36, entropy: 3),
    SecretRule("readme-key", "ReadMe key", ["rdme_"], .lowercase, 70...70),
    SecretRule("replicate-token", "Replicate token", ["r8_"], .alphanumeric, 37...37, entropy: 3.5),
    SecretRule("scalingo-token", "Scalingo token", ["tk-us-"], .url, 48...48),
    SecretRule(
      "settlemint-token", "SettleMint token", ["sm_pat_", "sm_aat_", "sm_sat_"], .alphanumeric, 16...16, entropy: 3),
    SecretRule("shippo-token", "Shippo token", ["shippo_live_", "shippo_test_"], .hexadecimal, 40...40),
    SecretRule("snyk-token", "Snyk token", ["snyk_uat.", "snyk_sat."], .dotted, 60...200),
    SecretRule("sourcegraph-token", "Sourcegraph token", ["sgp_"], .word, 40...60, entropy: 3),
    SecretRule(
      "tailscale-key", "Tailscale key", ["tskey-auth-", "tskey-api-", "tskey-client-", "tskey-webhook-"],
      Alphabet("-".utf8 + letters), 30...70),
    SecretRule(
      "teams-webhook", "Microsoft Teams webhook", [".webhook.office.com/webhookb2/"], Alphabet("-@/".utf8 + letters),
      100...200, before: Alphabet(":/-".utf8 + letters), lead: 1...80),
    SecretRule(
      "twilio-key", "Twilio API key", "0123456789abcdef".map { "SK\($0)" }, .hexadecimal, 31...31, entropy: 2.5),
    SecretRule("typeform-token", "Typeform token", ["tfp_"], .dotted, 59...59),
    SecretRule("vercel-blob-token", "Vercel Blob token", ["vercel_blob_rw_"], .word, 40...70),
    SecretRule("wakatime-key", "WakaTime key", ["waka_"], Alphabet("-".utf8 + hex), 36...36),
    SecretRule("xai-key", "xAI API key", ["xai-"], .alphanumeric, 80...80),
    SecretRule("yandex-key", "Yandex Cloud key", ["AQVN"], .url, 35...38, entropy: 3.5),
    SecretRule(
      "database-password", "Password in the address of a database",
      [
        "postgres://", "postgresql://", "mysql://", "mongodb://", "mongodb+srv://", "redis://", "rediss://", "amqp://",
        "amqps://",
      ], Alphabet("_-.~%+=:@!*,;&".utf8 + letters), 8...300, check: { holdsPassword($0) }),
    SecretRule(
      "aws-secret-key", "AWS secret access key",
      ["aws_secret_access_key", "AWS_SECRET_ACCESS_KEY", "aws_secret_key", "AWS_secret_KEY", "AWS_SECRET_KEY"],
      Alphabet("\"': =>+/".utf8 + letters), 41...60, check: { assigns($0, 40) }),
  ]

  private static let letters = Array("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8)
  private static let hex = Array("0123456789abcdef".utf8)

  private static func ends(_ bytes: ArraySlice<UInt8>, _ text: String) -> Bool {
    bytes.suffix(text.utf8.count).elementsEqual(text.utf8)
  }

  private static func contains(_ bytes: ArraySlice<UInt8>, _ text: String) -> Bool { ByteSearch.contains(bytes, text) }

  private static func find(_ bytes: ArraySlice<UInt8>, _ text: String) -> Int? {
    ByteSearch.first(of: Array(text.utf8), in: bytes)
  }

  /// The groups of a UUID behind a prefix.
  private static func isUUID(_ bytes: ArraySlice<UInt8>) -> Bool {
    let groups = bytes.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    return groups.map(\.count).suffix(5) == [8, 4, 4, 4, 12] && Set(groups.joined()).count > 8
  }

  /// `NAME:PASSWORD` in base64 behind `"auth": "`.
  private static func isLogin(_ bytes: ArraySlice<UInt8>) -> Bool {
    guard let quote = bytes.lastIndex(of: UInt8(ascii: "\"")) else { return false }
    var bits = 0
    var count = 0
    var text: [UInt8] = []
    for byte in bytes[(quote + 1)...] where byte != UInt8(ascii: "=") {
      guard let value = digits.firstIndex(of: byte) else { return false }
      bits = bits << 6 | value
      count += 6
      if count >= 8 {
        count -= 8
        text.append(UInt8(truncatingIfNeeded: bits >> count))
      }
    }
    guard let colon = text.firstIndex(of: UInt8(ascii: ":")), colon > 0, text.count - colon > 6 else { return false }
    return text.allSatisfy { (0x20..<0x7F).contains($0) }
  }

  /// The alphabet of base64. Source: RFC 4648, table 1.
  private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// Three parts, of which the first two are JSON and the last is a signature.
  private static func isToken(_ bytes: ArraySlice<UInt8>) -> Bool {
    let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    // The token that documentation shows: its subject is 1234567890, John Doe.
    let sample = "eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9l"
    return parts.count == 3 && parts[1].starts(with: "eyJ".utf8) && parts[2].count >= 16
      && !parts[1].starts(with: sample.utf8)
  }

  private static func isOpenAI(_ bytes: ArraySlice<UInt8>) -> Bool {
    bytes.starts(with: "sk-".utf8) && !bytes.starts(with: "sk-ant-".utf8) && !bytes.starts(with: "sk-or-".utf8)
  }

  private static func isBase64JSON(_ bytes: ArraySlice<UInt8>) -> Bool {
    guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else { return false }
    let value = bytes[(colon + 1)...].drop { $0 == 0x20 }
    // `{"` and `{\n` begin so.
    return value.starts(with: "ey".utf8) || value.starts(with: "ew".utf8)
  }

  /// A key has lines of base64 behind its head; a program that writes keys has the head alone.
  private static func isKey(_ bytes: ArraySlice<UInt8>) -> Bool {
    guard let head = find(bytes, "KEY-----") ?? find(bytes, "BLOCK-----") else { return false }
    let rest = bytes[(head + 8)...].prefix(4000)
    var run = 0
    for byte in rest {
      if Alphabet.base64.contains(byte) {
        run += 1
        if run >= 40 { return true }
      } else {
        run = 0
      }
    }
    return false
  }

  /// `user:password@host`, where the password is not a place for one.
  private static func holdsPassword(_ bytes: ArraySlice<UInt8>) -> Bool {
    guard let scheme = find(bytes, "://"), let at = bytes.lastIndex(of: UInt8(ascii: "@")), at > scheme + 3 else {
      return false
    }
    let login = bytes[(scheme + 3)..<at]
    guard let colon = login.firstIndex(of: UInt8(ascii: ":")), colon > login.startIndex else { return false }
    let password = String(decoding: login[(colon + 1)...], as: UTF8.self).lowercased()
    let host = String(decoding: bytes[(at + 1)...], as: UTF8.self).lowercased()
    let places = [
      "password", "passwd", "pass", "pw", "pwd", "secret", "changeme", "example", "user", "username", "test",
      "postgres", "root", "guest",
    ]
    return password.utf8.count >= 6 && !places.contains(password) && !password.allSatisfy { $0 == "*" || $0 == "x" }
      && !host.hasPrefix("localhost") && !host.hasPrefix("127.") && !host.hasPrefix("example")
      && !host.hasPrefix("host") && !host.isEmpty
  }

  /// `NAME = "VALUE"` with a value of so many bytes of base64.
  private static func assigns(_ bytes: ArraySlice<UInt8>, _ count: Int) -> Bool {
    let runs = bytes.split { !Alphabet.base64.contains($0) || $0 == UInt8(ascii: "=") }
    guard let value = runs.last(where: { !$0.isEmpty }), value.count == count else { return false }
    // `aws configure set NAME VALUE` has a blank.
    let isAssigned = bytes.contains { $0 == UInt8(ascii: "=") || $0 == UInt8(ascii: ":") }
    return !String(decoding: value, as: UTF8.self).uppercased().contains("EXAMPLE")
      && Set(value).count > (isAssigned ? 9 : 15)
  }
}
