import Bytes
import Findings
import Images
import Testing

/// Kind: dependencies that a file names and does not tell the version of, dropped beside others that can be read.
@Suite struct UnresolvedDependencyTests {
  private static func read(_ path: String, _ text: String) -> Extraction {
    ExtractorSamples.read(ExtractorSamples.Sample("", path, text, []), Array(text.utf8))
  }

  /// Reader by reader: a file with entries that cannot be judged, the packages that can, and `name reason line` of the others.
  @Test(arguments: [
    // pip
    ("requirements.txt", "demo>=1.0,<2\na==1.0\n", ["a 1.0"], ["demo range 1"]),
    ("requirements.txt", "demo==1.*\ndemo==1.0,==1.*\n", ["demo 1.0"], ["demo range 1"]),
    ("requirements.txt", "demo===1.0 # why\n  b == 2.0 ; python_version < '3'\n", ["demo 1.0", "b 2.0"], []),
    (
      "requirements.txt", "-r missing.txt\n-cother.txt\n--requirement=x.txt\n", [],
      [
        "requirements of missing.txt include 1", "constraints of other.txt include 2",
        "requirements of x.txt include 3",
      ]
    ),
    (
      "requirements.txt", "pkg @ https://example.test/p.whl\n-e git+https://example.test/y#egg=zed\n", [],
      [
        "pkg source 1", "zed source 2",
      ]
    ),
    (
      "requirements.txt", "https://example.test/p.whl\nhg+http://example.test/x\n", [],
      [
        "https://example.test/p.whl source 1", "hg+http://example.test/x source 2",
      ]
    ),
    (
      "requirements.txt", "demo\ndemo~=1.0\ndemo!=1\ndemo[x]>1\n", [],
      [
        "demo range 1", "demo range 2", "demo range 3", "demo range 4",
      ]
    ),
    (
      "requirements.txt", "demo==banana\ndemo==$VER\ndemo==1.2-ubuntu.1~x\n", [],
      [
        "demo unreadable 1", "demo unreadable 2", "demo unreadable 3",
      ]
    ),
    ("requirements.txt", "--index-url https://example.test\n-i x\n# c\n\n.\n./own\n-e .\n-e ./own[x]\n", [], []),
    ("app/requirements.txt", "-e ../own\n-e ../../own\n", [], ["../../own outside 2"]),
    ("requirements.txt", "a==1.0 \\\n  --hash=sha256:00 \\\n  --hash=sha256:01\ndemo\n", ["a 1.0"], ["demo range 4"]),
    ("dev-requirements.txt", "demo\n", [], ["demo range 1"]),
    // npm
    (
      "package-lock.json",
      #"{"lockfileVersion":1,"dependencies":{"demo":{"version":"https://example.test/demo/-/demo-1.0.0.tgz"},"b":{"version":"1.0.0 "}}}"#,
      ["demo 1.0.0", "b 1.0.0"], []
    ),
    (
      "package-lock.json",
      #"{"lockfileVersion":1,"dependencies":{"al":{"version":"https://example.test/@s/demo/-/demo-1.0.0.tgz"},"t":{"version":"https://example.test/x.tgz"}}}"#,
      ["@s/demo 1.0.0"], ["t source 1"]
    ),
    (
      "package-lock.json",
      #"{"lockfileVersion":1,"dependencies":{"a":{"version":"1.0.0|x"},"b":{"version":5},"c":{"version":"git+ssh://git@example.test/c.git#ab"},"d":{"version":"latest"},"e":{"version":"3.x"},"f":{"version":""},"g":{},"h":{"version":[1]},"i":{"version":null}}}"#,
      [],
      [
        "a unreadable 1", "b unreadable 1", "c source 1", "d unreadable 1", "e unreadable 1", "f unreadable 1",
        "g missing 1", "h unreadable 1", "i missing 1",
      ]
    ),
    (
      "package-lock.json",
      #"{"lockfileVersion":3,"packages":{"":{},"node_modules/d":{"resolved":"git+ssh://git@example.test/d.git#ab"},"node_modules/w":{"link":true},"w":{"name":"w"},"node_modules/x":{"dev":true},"node_modules/a":{"version":"1.0.0"}}}"#,
      ["a 1.0.0"], ["d source 1"]
    ),
    (
      "package-lock.json",
      #"{"lockfileVersion":1,"dependencies":{"a":{"version":"file:own"},"b":{"version":"file:../b"},"c":{"version":"github:x/c#ab"}}}"#,
      [], ["b outside 1", "c source 1"]
    ),
    ("npm-shrinkwrap.json", #"{"dependencies":{"a b":{"version":"1.0.0"}}}"#, [], ["a b unreadable 1"]),
    // Yarn, pnpm, Bun, Deno
    (
      "yarn.lock",
      "a@^1:\n  version \"1.0.0\"\n\nb@^1:\n  version \"1.0.0 x\"\n\nc@^1:\n  version \"next\"\n\nd@link:../d:\n  version \"0.0.0\"\n",
      ["a 1.0.0"], ["b unreadable 4", "c unreadable 7", "d outside 10"]
    ),
    (
      "yarn.lock",
      "__metadata:\n  version: 8\n\n\"own@workspace:.\":\n  version: 0.0.0-use.local\n  resolution: \"own@workspace:.\"\n\n\"g@git@example.test:g.git\":\n  version: 1.x\n  resolution: \"g@git@example.test:g.git#commit=ab\"\n",
      [], ["g unreadable 8"]
    ),
    (
      "pnpm-lock.yaml",
      "lockfileVersion: '9.0'\npackages:\n  a@1.0.0: {}\n  b@https://example.test/b: {}\n  c@link:own: {}\n  d@next: {}\n",
      ["a 1.0.0"], ["b source 4", "d unreadable 6"]
    ),
    (
      "pnpm-lock.yaml", "lockfileVersion: 5.4\npackages:\n  /a/1.0.0: {}\n  /b/next: {}\n", ["a 1.0.0"],
      ["b unreadable 4"]
    ),
    (
      "bun.lock",
      #"{"packages":{"a":["a@1.0.0"],"b":["b@github:x/b#ab"],"c":["c@workspace:c"],"d":[5],"e":["e@git+ssh://x"]}}"#,
      ["a 1.0.0"], ["b source 1", "d missing 1", "e source 1"]
    ),
    (
      "deno.lock",
      #"{"version":"4","npm":{"a@1.0.0":{},"b@next":{}},"jsr":{"@std/x@1.0.0":{}},"remote":{"https://h.test/a":"","https://h.test/b":""}}"#,
      ["a 1.0.0", "@std/x 1.0.0"], ["b unreadable 1", "modules of h.test source 1"]
    ),
    // Python
    (
      "Pipfile.lock",
      #"{"default":{"a":{"version":"==1.0"},"b":{"version":">=1"},"c":{"git":"https://x"},"d":{"version":"*"},"e":{"path":"."},"f":{},"g":{"version":"==1.*"}}}"#,
      ["a 1.0"], ["b range 1", "c source 1", "d range 1", "f missing 1", "g unreadable 0"]
    ),
    (
      "uv.lock",
      "version = 1\n[[package]]\nname = \"own\"\nsource = { editable = \".\" }\n[[package]]\nname = \"a\"\nsource = { git = \"https://x\" }\n[[package]]\nname = \"b\"\n",
      [], ["a source 5", "b missing 8"]
    ),
    (
      "pylock.toml",
      "lock-version = \"1.0\"\n[[packages]]\nname = \"a\"\n[packages.vcs]\nurl = \"https://x\"\n[[packages]]\nname = \"own\"\n[packages.directory]\npath = \".\"\n[[packages]]\nname = 'b'\nversion = '1.0'\n",
      ["b 1.0"], ["a source 2"]
    ),
    ("poetry.lock", "[[package]]\nname = \"a\"\nversion = \"1.x\"\n\n[metadata]\n", [], ["a unreadable 0"]),
    ("pdm.lock", "[[package]]\nname = \"a\"\nversion = \"1.0\"\n\n[metadata]\n", ["a 1.0"], []),
    // Others
    ("Cargo.lock", "[[package]]\nname = \"a\"\nversion = \"x\"\nsource = \"r\"\n", [], ["a unreadable 0"]),
    ("Gemfile.lock", "GEM\n  specs:\n    a (1.0)\n    b (x)\n\nDEPENDENCIES\n", ["a 1.0"], ["b unreadable 0"]),
    (
      "composer.lock",
      #"{"packages":[{"name":"a/a","version":"1.0"},{"name":"b/b"},{"version":"1"},{"name":"c/c","version":5}]}"#,
      ["a/a 1.0"], ["b/b missing 1", "a package unreadable 1", "c/c unreadable 1"]
    ),
    (
      "packages.lock.json",
      #"{"dependencies":{"n":{"A":{"resolved":"1.0"},"B":{"requested":"[1,2)"},"P":{"type":"Project"}}}}"#,
      ["A 1.0"], ["B range 1"]
    ),
    (
      "x.deps.json", #"{"libraries":{"A/1.0":{"type":"package"},"B":{"type":"package"},"own/1":{"type":"project"}}}"#,
      ["A 1.0"],
      [
        "B missing 1"
      ]
    ),
    ("packages.config", #"<packages><package id="A" version="1.*"/></packages>"#, [], ["A unreadable 0"]),
    (
      "pom.xml",
      "<project><dependencies><dependency><groupId>a</groupId><artifactId>b</artifactId></dependency><dependency><groupId>a</groupId><artifactId>c</artifactId><version>[1,2)</version></dependency><dependency><groupId>a</groupId><artifactId>d</artifactId><version>${none}</version></dependency><dependency><groupId>a</groupId><artifactId>e</artifactId><version>LATEST</version></dependency></dependencies></project>",
      [],
      [
        "a:b missing 0", "a:c range 0", "a:d range 0", "what its dependencies need in turn not-locked 0",
        "a:e unreadable 0",
      ]
    ),
    ("gradle.lockfile", "a:b:1.0=run\na:c:1.+=run\n", ["a:b 1.0"], ["a:c unreadable 0"]),
    (
      "Package.resolved",
      #"{"pins":[{"identity":"a","location":"https://example.test/a","state":{"branch":"main","revision":"ab"}},{"identity":"b","state":{"version":"1.0.0"}}],"version":2}"#,
      [], ["https://example.test/a source 1", "b missing 1"]
    ),
    (
      "conan.lock", ##"{"requires":["a/1.0","b","c/cci.20210118",5]}"##, ["a 1.0", "c cci.20210118"],
      [
        "b unreadable 1", "a package unreadable 1",
      ]
    ),
    (
      "renv.lock", #"{"Packages":{"a":{"Version":"1.0"},"b":{},"c":{"Version":5},"d":{"Version":"x"}}}"#, ["a 1.0"],
      [
        "b missing 1", "c unreadable 1", "d unreadable 0",
      ]
    ),
    (
      "pubspec.lock",
      "packages:\n  a:\n    source: hosted\n    version: \"1.0.0\"\n  b:\n    source: git\n    version: \"1.0.0\"\n  c:\n    source: path\n    description: {path: \"../c\"}\n  d:\n    source: sdk\n  e:\n    source: hosted\n",
      ["a 1.0.0"], ["b source 5", "c outside 8", "e missing 13"]
    ),
    (
      "Podfile.lock",
      "PODS:\n  - A (1.0)\n  - B\n  - C (from x)\n  - Own (1)\nEXTERNAL SOURCES:\n  Own:\n    :path: own\n", ["A 1.0"],
      [
        "B missing 3", "C unreadable 4",
      ]
    ),
    (
      "rebar.lock",
      "{\"1.2.0\",[{<<\"a\">>,{pkg,<<\"a\">>,<<\"1.0.0\">>},0},{<<\"g\">>,{git,\"https://x\",{ref,\"ab\"}},0}]}.\n",
      ["a 1.0.0"], ["g source 0"]
    ),
    (
      "mix.lock",
      "%{\n  \"a\": {:hex, :a, \"1.0.0\", \"e8\"},\n  \"g\": {:git, \"https://x\", \"ab\", []},\n  \"h\": {:hex, :h, nil},\n}\n",
      ["a 1.0.0"], ["g source 3", "h missing 4"]
    ),
    (
      "cabal.project.freeze",
      "constraints: any.a ==1.0,\n             any.b >=1.0,\n             any.c ==1.*,\n             d +flag\n",
      ["a 1.0"],
      [
        "b range 2", "c range 3",
      ]
    ),
    (
      "stack.yaml.lock",
      "packages:\n- completed:\n    hackage: a-1.0@sha256:0\n- completed:\n    git: https://x\nsnapshots:\n- completed:\n    url: https://s\n",
      ["a 1.0"], ["https://x source 5", "packages of the snapshot not-locked 8"]
    ),
    (
      "go.mod",
      "module x\ngo 1.21\nrequire a.test/b v1.0.0\nrequire a.test/c latest\nreplace a.test/b v1.1.0 => a.test/z v1.0.0\n",
      ["a.test/b 1.0.0"], ["a.test/c unreadable 4"]
    ),
    ("go.mod", "module x\ngo 1.12\nrequire a.test/b v1.0.0\nreplace a.test/b => ../b\n", [], ["a.test/b outside 0"]),
    (
      "go.mod", "module x\ngo 1.12\nrequire a.test/b v1.0.0\n", ["a.test/b 1.0.0"],
      ["modules that its modules need not-locked 0"]
    ),
    ("node_modules/a/package.json", #"{"name":"a","version":5}"#, [], ["a unreadable 1"]),
    // Manifests
    (
      "package.json",
      #"{"name":"p","dependencies":{"a":"^1"},"optionalDependencies":{"b":"1"},"devDependencies":{"c":"1"}}"#, [],
      ["a not-locked 1", "b not-locked 1"]
    ),
    ("package.json", #"{"dependencies":{"a":"workspace:*","b":"file:b","c":"github:x/c"}}"#, [], ["c not-locked 1"]),
    (
      "pyproject.toml",
      "[project]\nname = \"p\"\ndependencies = [\n  \"a>=1\", # c\n  'b[x]; python_version < \"3\"',\n]\n[tool.poetry.dependencies]\npython = \"^3\"\nc = \"^1\"\nown = { path = \"own\" }\n",
      [], ["a not-locked 3", "b not-locked 3", "c not-locked 9"]
    ),
    ("Pipfile", "[packages]\na = \"*\"\n[dev-packages]\nb = \"*\"\n", [], ["a not-locked 2"]),
    (
      "Cargo.toml",
      "[package]\nname = \"p\"\n[dependencies]\na = \"1\"\nb = { path = \"b\" }\nc.workspace = true\n[dependencies.d]\nversion = \"1\"\n[dependencies.e]\npath = \"e\"\n[target.'cfg(unix)'.dependencies]\nf = \"1\"\n[dev-dependencies]\ng = \"1\"\n",
      [], ["a not-locked 4", "c not-locked 6", "d not-locked 8", "f not-locked 12"]
    ),
    (
      "composer.json", #"{"require":{"php":">=8","ext-json":"*","a/b":"^1"},"require-dev":{"c/d":"1"}}"#, [],
      ["a/b not-locked 1"]
    ),
    (
      "Gemfile", "source 'https://rubygems.org'\ngem 'a', '~> 1'\n  gem \"b\"\ngem 'own', path: 'own'\n# gem 'c'\n", [],
      [
        "a not-locked 2", "b not-locked 3",
      ]
    ),
    ("pubspec.yaml", "name: p\ndependencies:\n  flutter:\n    sdk: flutter\n  a: ^1.0.0\n", [], ["a not-locked 5"]),
    (
      "App.csproj", #"<Project><ItemGroup><PackageReference Include="A" Version="1.0"/></ItemGroup></Project>"#, [],
      ["A not-locked 0"]
    ),
    ("mix.exs", "defp deps do\n [{:a, \"~> 1\"}]\nend\n", [], ["dependencies of mix.exs not-locked 0"]),
    ("setup.py", "setup(name='x')\n", [], []),
    ("requirements.in", "a>=1\nb==1.0\nlocal-1.0-py3-none-any.whl\n", ["b 1.0"], ["a not-locked 1", "local source 3"]),
    (
      "Cargo.toml",
      "[dependencies]\na = { package = \"b\", version = \"1\" }\nc = { features = [\"x\"], package = 'd' }\n[dependencies.e]\npackage = \"f\"\n",
      [], ["b not-locked 2", "d not-locked 3", "f not-locked 5"]
    ),
    (
      "package.json", #"{"dependencies":{"a":"npm:b@^1","c":"npm:@s/d","e":"npm:^1"}}"#, [],
      ["b not-locked 1", "@s/d not-locked 1", "e not-locked 1"]
    ),
    ("Gopkg.lock", "[[projects]]\n", [], ["packages of Gopkg.lock unread-format 0"]),
    ("Manifest.toml", "[[deps.A]]\nversion = \"1.0.0\"\n", [], ["packages of Manifest.toml unread-format 0"]),
    ("Manifest.toml", "[other]\na = 1\n", [], []),
    ("deno.json", #"{"imports":{"a":"npm:a@1"}}"#, [], ["dependencies of deno.json not-locked 0"]),
    (
      "ivy.xml", "<ivy-module><dependencies><dependency org='a'/></dependencies></ivy-module>", [],
      ["dependencies of ivy.xml not-locked 0"]
    ),
    ("go.sum", "a.test/b v1.0.0 h1:x=\n", [], ["dependencies of go.sum not-locked 0"]),
    ("paket.lock", "NUGET\n", [], ["packages of paket.lock unread-format 0"]),
  ])
  func nothingIsDropped(_ path: String, _ text: String, _ packages: [String], _ open: [String]) {
    let found = Self.read(path, text)
    #expect(found.packages.map { "\($0.name) \($0.version)" } == packages, "\(path)")
    #expect(found.unresolved.map { "\($0.name) \($0.reason.rawValue) \($0.line)" } == open, "\(path)")
    #expect(found.unresolved.allSatisfy { $0.path == path && !$0.why.isEmpty })
    #expect(found.problems.isEmpty, "\(path): \(found.problems.map(\.message))")
  }

  /// What a file takes from elsewhere is told without the password that it is fetched with.
  @Test func credentialsAreNotTold() {
    let found = Self.read(
      "requirements.txt", "p @ git+https://me:s3cret@example.test/x?token=s3cret\n-e https://s3cret@h/x#egg=a\n")
    #expect(found.unresolved.count == 2 && !found.unresolved.contains { ($0.detail + $0.name).contains("s3cret") })
    let locked = Self.read(
      "package-lock.json", #"{"dependencies":{"a":{"version":"https://u:s3cret@example.test/a?x=s3cret"}}}"#)
    #expect(locked.unresolved.map(\.detail) == ["https://example.test/a"])
  }

  /// Files of a tree: those of a manifest's dependencies that nothing tells the version of.
  @Test(arguments: [
    // Beside another file that has a lock.
    (["package.json": #"{"dependencies":{"a":"1"}}"#, "requirements.txt": "b==1\n"], ["a package.json"]),
    // A lock beside it speaks for it, whatever it holds; one above it for what it holds.
    (["package.json": #"{"dependencies":{"a":"1"}}"#, "yarn.lock": "# yarn\n"], []),
    (
      [
        "app/package.json": #"{"dependencies":{"a":"1","b":"1","own":"1"}}"#, "lib/package.json": #"{"name":"own"}"#,
        "package-lock.json": #"{"lockfileVersion":3,"packages":{"node_modules/a":{"version":"1.0.0"}}}"#,
      ], ["b app/package.json"]
    ),
    // What is installed beside it is there.
    (
      [
        "package.json": #"{"dependencies":{"a":"1","b":"1"}}"#,
        "node_modules/a/package.json": #"{"name":"a","version":"1.0.0","dependencies":{"c":"1"}}"#,
      ], ["b package.json"]
    ),
    // A lock of another project is none of this one.
    (
      [
        "x/package-lock.json": #"{"lockfileVersion":3,"packages":{"node_modules/a":{"version":"1.0.0"}}}"#,
        "y/package.json": #"{"dependencies":{"a":"1"}}"#,
      ], ["a y/package.json"]
    ),
    (
      ["pyproject.toml": "[project]\ndependencies = [\"A_x\", \"b\"]\n", "requirements.txt": "a-x==1\n"],
      ["b pyproject.toml"]
    ),
    (
      [
        "pyproject.toml": "[project]\ndependencies = [\"a\", \"b\"]\n", "requirements/base.txt": "a==1\n",
        "setup.py": "install_requires=['a']\n",
      ], ["b pyproject.toml"]
    ),
    (["setup.cfg": "install_requires =\n  a\n", "yarn.lock": "# yarn\n"], ["dependencies of setup.cfg setup.cfg"]),
    (["pyproject.toml": "[project]\ndependencies = [\"a\"]\n", "uv.lock": "version = 1\n"], []),
    (
      ["requirements.txt": "-r requirements-base.txt\n-r other.txt\n", "requirements-base.txt": "a==1\n"],
      [
        "requirements of other.txt requirements.txt"
      ]
    ),
    (["Cargo.toml": "[dependencies]\na = \"1\"\n", "b/Cargo.lock": "version = 4\n"], ["a Cargo.toml"]),
    (["composer.json": #"{"require":{"a/b":"1"}}"#, "composer.lock": #"{"packages":[]}"#], []),
    // By another name, in a member of a workspace.
    (
      [
        "Cargo.toml":
          "[workspace.dependencies]\na = { package = \"b\", version = \"1\" }\nc = { package = \"d\", version = \"1\" }\n",
        "m/Cargo.toml": "[dependencies]\na = { workspace = true }\nc.workspace = true\n",
        "Cargo.lock": "version = 4\n[[package]]\nname = \"b\"\nversion = \"1.0.0\"\nsource = \"registry+https://x\"\n",
      ], ["c m/Cargo.toml"]
    ),
    (
      [
        "m/package.json": #"{"dependencies":{"a":"npm:b@^1","c":"npm:d@^1"}}"#,
        "package-lock.json":
          #"{"lockfileVersion":3,"packages":{"node_modules/a":{"name":"b","version":"1.0.0"}}}"#,
      ], ["d m/package.json"]
    ),
    // A lock that was not brought up to date.
    (
      [
        "package.json": #"{"dependencies":{"a":"1","b":"1"}}"#,
        "package-lock.json": #"{"lockfileVersion":3,"packages":{"node_modules/a":{"version":"1.0.0"}}}"#,
      ], ["b package.json"]
    ),
    // Locks that lie elsewhere.
    (
      [
        "apps/a/mix.exs": "lockfile: \"../../mix.lock\"\n{:x, \"~> 1\"}\n",
        "apps/b/mix.exs": "{:x, \"~> 1\"}\n", "mix.lock": "%{\n}\n",
      ], ["dependencies of apps/b/mix.exs apps/b/mix.exs"]
    ),
    (
      [
        "apps/a/package.json": #"{"dependencies":{"a":"1","b":"1"}}"#,
        "common/config/rush/pnpm-lock.yaml": "lockfileVersion: '9.0'\npackages:\n  a@1.0.0: {}\n",
      ], ["b apps/a/package.json"]
    ),
    (
      [
        "L/Package.swift": ".package(url: \"x\")", "M.xcodeproj/p/Package.resolved": #"{"pins":[],"version":2}"#,
      ], []
    ),
    // What versions are taken from, and what is made of it.
    (["requirements.in": "a>=1\nb>=1\n", "requirements.txt": "a==1\n"], ["b requirements.in"]),
    (["go.sum": "a.test/b v1.0.0 h1:x=\n", "go.mod": "module x\ngo 1.21\n"], []),
    (["vendor/x/composer.json": #"{"require":{"a/b":"1"}}"#, "requirements.txt": "a==1\n"], []),
  ])
  func manifestsWithoutLocks(_ files: [String: String], _ expected: [String]) {
    #expect(Self.open(files, isInstalled: false) == expected)
  }

  /// Of an installed system what is there is among its packages; lists that somebody left in it say no more.
  @Test func installedSystems() {
    let files = [
      "app/package.json": #"{"dependencies":{"a":"1"}}"#,
      "app/requirements.txt": "flask>=1\nother>=1\n-r x\na @ https://h.test/a\nFlask @ https://h.test/f\n",
      "usr/lib/python3/site-packages/flask.dist-info/METADATA": "Name: Flask\nVersion: 2.0\n",
    ]
    #expect(Self.open(files, isInstalled: true) == ["a app/requirements.txt"])
  }

  private static func open(_ files: [String: String], isInstalled: Bool) -> [String] {
    var facts = LayerFacts()
    for (path, text) in files.sorted(by: { $0.key < $1.key }) where FileFacts.wants(path) {
      let file = FileFacts.read(Array(text.utf8), path, &facts)
      facts.files.append(file)
    }
    // As the cache of layers keeps them.
    guard let kept = LayerFacts(json: facts.json), kept.files == facts.files else { return ["not kept"] }
    var stack = LayerStack()
    stack.add(kept, layer: 0)
    return stack.unresolved(isInstalled: isInstalled).map { "\($0.name) \($0.path)" }
  }

  /// Kind: what only development needs, left out without a word.
  @Test(arguments: [
    (
      "package-lock.json",
      #"{"lockfileVersion":3,"packages":{"node_modules/a":{"version":"1.0.0","dev":true},"node_modules/b":{"version":"1.0.0"}}}"#
    ),
    ("package-lock.json", #"{"lockfileVersion":1,"dependencies":{"a":{"version":"1.0.0","dev":true}}}"#),
    ("pnpm-lock.yaml", "lockfileVersion: 5.4\npackages:\n  /a/1.0.0:\n    dev: true\n"),
    ("Pipfile.lock", #"{"default":{"b":{"version":"==1"}},"develop":{"a":{"version":"==1"},"b":{"version":"==1"}}}"#),
    ("composer.lock", #"{"packages":[],"packages-dev":[{"name":"a/b","version":"1"}]}"#),
    ("gradle.lockfile", "a:b:1.0=testCompileClasspath\n"),
    (
      "poetry.lock",
      "[[package]]\nname = \"a\"\nversion = \"1\"\ngroups = [\"dev\"]\n[metadata]\nlock-version = \"2.1\"\n"
    ),
    (
      "pom.xml",
      "<project><dependencies><dependency><groupId>a</groupId><artifactId>b</artifactId><scope>test</scope></dependency></dependencies></project>"
    ),
  ])
  func leftOut(_ path: String, _ text: String) throws {
    var facts = LayerFacts()
    let file = FileFacts.read(Array(text.utf8), path, &facts)
    facts.files = [file]
    #expect(facts.problems.isEmpty)
    var stack = LayerStack()
    stack.add(try #require(LayerFacts(json: facts.json)), layer: 0)
    #expect(stack.leftOut.map(\.path) == [path] && stack.leftOut.map(\.count) == [1])
  }

  /// They count among what was to be judged.
  @Test func theyCount() throws {
    let item = UnresolvedDependency(ecosystem: "PyPI", name: "a", reason: .range, path: "requirements.txt", line: 3)
    let report = try ImageReport(
      system: nil, packages: [SoftwarePackage(ecosystem: Ecosystem("PyPI"), name: "b", version: "1", path: "")],
      unresolved: [item], store: try AdvisoryStore(try AdvisoryStoreBuilder().bytes(sources: [], built: "now")),
      covered: ["PyPI"])
    #expect(report.judged == 1 && report.total == 2 && report.unresolved == [item])
  }
}

/// Kind: components of a bill of materials that nobody can judge, missing from what was to be judged.
@Suite struct UnresolvedComponentTests {
  private static func open(_ text: String) throws -> [String] {
    let bytes = Array(text.utf8)
    let read = try #require(SBOMReader(bytes, file: "bill"))
    let back = try #require(SBOMReader(message: read.message))
    #expect(back.unresolved == read.unresolved)
    return read.unresolved.map { "\($0.name) \($0.reason.rawValue)" }
  }

  @Test(arguments: [
    (#"{"type":"library","name":"a","version":"1"}"#, ["a no-purl"]),
    (#"{"type":"library","name":"a"}"#, ["a no-purl"]),
    (#"{"name":"a"}"#, ["a no-purl"]), (#"{"type":"application","name":"a"}"#, ["a no-purl"]),
    (#"{"type":"library","name":"a","purl":"pkg:npm/a"}"#, ["a missing"]),
    (#"{"type":"library","name":"a","purl":"pkg:generic/a@1"}"#, ["a no-purl"]),
    (#"{"type":"library","name":"a","purl":"nonsense"}"#, ["a no-purl"]),
    (#"{"type":"library","name":"a","version":"1","purl":"pkg:github/x/a@v1"}"#, ["a no-purl"]),
    (
      #"{"type":"library","name":"a","version":"1","purl":"pkg:github/x/a@v1","properties":[{"name":"syft:package:type","value":"github-action"}]}"#,
      []
    ),
    (#"{"type":"file","name":"a","version":"1"}"#, []),
    (#"{"type":"operating-system","name":"debian","version":"12"}"#, []),
    (#"{"type":"data","name":"a"}"#, []), (#"{"type":"library","name":"a","purl":"pkg:npm/a@1.0.0"}"#, []),
    (
      #"{"type":"application","name":"yarn.lock","properties":[{"name":"aquasecurity:trivy:Type","value":"yarn"}]}"#, []
    ),
  ])
  func cycloneDX(_ component: String, _ expected: [String]) throws {
    #expect(
      try Self.open(
        #"{"bomFormat":"CycloneDX","specVersion":"1.5","metadata":{"component":{"type":"application","name":"me"}},"components":[\#(component)]}"#
      ) == expected)
  }

  @Test(arguments: [
    (#"{"SPDXID":"a","name":"a","versionInfo":"1"}"#, ["a no-purl"]), (#"{"SPDXID":"a","name":"a"}"#, ["a no-purl"]),
    (#"{"SPDXID":"a","name":"a","primaryPackagePurpose":"FILE"}"#, []),
    (#"{"SPDXID":"me","name":"me","versionInfo":"1"}"#, []),
    (
      #"{"SPDXID":"me","name":"me","externalRefs":[{"referenceCategory":"PACKAGE-MANAGER","referenceType":"purl","referenceLocator":"pkg:github/x/y@main"}]},{"SPDXID":"a","name":"a"}"#,
      ["a no-purl"]
    ),
    (#"{"SPDXID":"a","name":"yarn.lock","attributionTexts":["Class: lang-pkgs","Type: yarn"]}"#, []),
  ])
  func spdx(_ package: String, _ expected: [String]) throws {
    #expect(
      try Self.open(#"{"spdxVersion":"SPDX-2.3","documentDescribes":["me"],"packages":[\#(package)]}"#) == expected)
  }
}
