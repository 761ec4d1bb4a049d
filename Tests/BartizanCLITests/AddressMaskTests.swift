import Testing

@testable import BartizanCLI

/// Logins in addresses and names of images are not shown, wherever a line or a report is written.
@Suite struct AddressMaskTests {
  @Test(arguments: [
    ("https://me:s3cret@host/x", "https://me:…@host/x"), ("x https://me:s3@cret@host y", "x https://me:…@host y"),
    ("me:s3cret@registry.test/team/app:1.4: no", "me:…@registry.test/team/app:1.4: no"),
    ("\"image\":\"me:s3cret@registry.test:5000/app\"", "\"image\":\"me:…@registry.test:5000/app\""),
    ("https://host/osv?token=abc&x=1", "https://host/osv?token=…&x=1"),
    ("https://host/osv?x=1&amp;X-Amz-Signature=abc<", "https://host/osv?x=1&amp;X-Amz-Signature=…<"),
    ("https://host/a?sig=abc#b and https://host/b?key=c", "https://host/a?sig=…#b and https://host/b?key=…"),
    // What is none.
    ("app:1.4@sha256:00/x", "app:1.4@sha256:00/x"), ("org.x:lib@1.0", "org.x:lib@1.0"),
    ("git@github.com:a/b", "git@github.com:a/b"),
    ("https://osv.dev/vulnerability?id=CVE-1", "https://osv.dev/vulnerability?id=CVE-1"),
    ("https://me@host/x", "https://me@host/x"), ("pkg:npm/%40a/b@1.0", "pkg:npm/%40a/b@1.0"),
    ("npm:@scope/x", "npm:@scope/x"),
    ("is it? token=abc", "is it? token=abc"), ("", ""), ("@", "@"), (":@/", ":@/"),
  ])
  func loginsAreNotShown(_ text: String, _ shown: String) { #expect(AddressMask().masked(text) == shown) }

  /// What a command line held is known, without a host that tells.
  @Test(arguments: [
    (["--mirror", "a=u:pw@b"], "mirror u:pw@b does not answer", "mirror u:…@b does not answer"),
    (["u:pw@b"], "\"u:pw@b\"", "\"u:…@b\""), (["--proxy=http://u:pw@b"], "u:pw@c", "u:…@c"),
    (["npm:lodash@4.17.4"], "npm:lodash@4.17.4", "npm:lodash@4.17.4"),
    (["u:pw@10.0.0.1"], "u:pw@10.0.0.1", "u:…@10.0.0.1"),
    (["org.x:lib@snapshot"], "org.x:lib@snapshot", "org.x:lib@snapshot"),
    (["app:1@sha256:00"], "app:1@sha256:00", "app:1@sha256:00"),
    (["subject:user:kim@example.com"], "subject:user:kim@example.com", "subject:user:kim@example.com"),
    (["user:kim@example.com"], "user:kim@example.com", "user:kim@example.com"),
  ])
  func loginsOfTheCommandLineAreNotShown(_ words: [String], _ text: String, _ shown: String) {
    #expect(AddressMask(words: words).masked(text) == shown)
  }
}
