/// The groups of Maven artifacts whose archives do not tell theirs: many builds write no `pom.properties`, and what stands in a
/// manifest is the name of a module or a bundle, which is something else.
///
/// Only artifacts that one group has, or that one group is meant by in practice.
///
/// Source: the coordinates that the projects publish on their own pages and on Maven Central.
enum JavaGroups {
  /// Nil for an artifact that is not known, or whose manifest tells of another project of the same name.
  static func group(of artifact: String) -> String? {
    groups[artifact] ?? families.first { artifact.hasPrefix($0.prefix) }?.group
  }

  /// Families of artifacts that begin alike.
  private static let families: [(prefix: String, group: String)] = [
    ("spring-boot", "org.springframework.boot"),
    ("spring-security-", "org.springframework.security"),
    ("spring-data-", "org.springframework.data"),
    ("spring-cloud-", "org.springframework.cloud"),
    ("spring-kafka", "org.springframework.kafka"),
    ("spring-session-", "org.springframework.session"),
    ("spring-integration-", "org.springframework.integration"),
    ("spring-batch-", "org.springframework.batch"),
    ("grpc-", "io.grpc"),
    ("micrometer-", "io.micrometer"),
    ("opentelemetry-", "io.opentelemetry"),
    ("jetty-", "org.eclipse.jetty"),
    ("lucene-", "org.apache.lucene"),
    ("chronicle-", "net.openhft"),
  ]

  private static let groups: [String: String] = {
    var table: [String: String] = [:]
    for (group, artifacts) in published {
      for artifact in artifacts.split(separator: " ") { table[String(artifact)] = group }
    }
    return table
  }()

  private static let published: [(group: String, artifacts: String)] = [
    ("aopalliance", "aopalliance"),
    ("cglib", "cglib cglib-nodep"),
    ("ch.qos.logback", "logback-core logback-classic logback-access"),
    ("ch.qos.reload4j", "reload4j"),
    ("cn.hutool", "hutool-all hutool-core"),
    ("com.alibaba", "fastjson druid"),
    ("com.alibaba.fastjson2", "fastjson2"),
    ("com.auth0", "java-jwt jwks-rsa"),
    ("com.beust", "jcommander"),
    ("com.carrotsearch", "hppc"),
    ("com.fasterxml.jackson.core", "jackson-core jackson-databind jackson-annotations"),
    (
      "com.fasterxml.jackson.dataformat",
      "jackson-dataformat-yaml jackson-dataformat-xml jackson-dataformat-cbor "
        + "jackson-dataformat-smile jackson-dataformat-csv jackson-dataformat-avro "
        + "jackson-dataformat-toml jackson-dataformat-properties jackson-dataformat-protobuf"
    ),
    (
      "com.fasterxml.jackson.datatype",
      "jackson-datatype-jsr310 jackson-datatype-jdk8 jackson-datatype-joda jackson-datatype-guava"
    ),
    (
      "com.fasterxml.jackson.module",
      "jackson-module-kotlin jackson-module-parameter-names jackson-module-afterburner "
        + "jackson-module-jaxb-annotations jackson-module-scala_2.13 jackson-module-scala_2.12"
    ),
    ("com.fasterxml.woodstox", "woodstox-core"),
    ("com.github.ben-manes.caffeine", "caffeine"),
    ("com.github.luben", "zstd-jni"),
    ("com.google.code.findbugs", "jsr305"),
    ("com.google.code.gson", "gson"),
    ("com.google.errorprone", "error_prone_annotations"),
    ("com.google.guava", "guava failureaccess listenablefuture guava-testlib"),
    ("com.google.inject", "guice guice-parent"),
    ("com.google.j2objc", "j2objc-annotations"),
    ("com.google.protobuf", "protobuf-java protobuf-java-util protobuf-javalite"),
    ("com.googlecode.concurrent-trees", "concurrent-trees"),
    ("com.googlecode.json-simple", "json-simple"),
    ("com.h2database", "h2"),
    ("com.hazelcast", "hazelcast"),
    ("com.jayway.jsonpath", "json-path"),
    ("com.microsoft.sqlserver", "mssql-jdbc"),
    ("com.mysql", "mysql-connector-j"),
    ("com.nimbusds", "nimbus-jose-jwt oauth2-oidc-sdk"),
    ("com.oracle.database.jdbc", "ojdbc8 ojdbc11"),
    ("com.rabbitmq", "amqp-client"),
    ("com.squareup.moshi", "moshi moshi-kotlin"),
    (
      "com.squareup.okhttp3",
      "okhttp okhttp-jvm okhttp-sse okhttp-tls okhttp-urlconnection logging-interceptor "
        + "mockwebserver"
    ),
    ("com.squareup.okio", "okio okio-jvm"),
    ("com.squareup.retrofit2", "retrofit converter-gson converter-jackson converter-moshi"),
    ("com.thoughtworks.xstream", "xstream"),
    ("com.unboundid", "unboundid-ldapsdk"),
    ("com.zaxxer", "HikariCP"),
    ("commons-beanutils", "commons-beanutils"),
    ("commons-cli", "commons-cli"),
    ("commons-codec", "commons-codec"),
    ("commons-collections", "commons-collections"),
    ("commons-configuration", "commons-configuration"),
    ("commons-dbcp", "commons-dbcp"),
    ("commons-digester", "commons-digester"),
    ("commons-fileupload", "commons-fileupload"),
    ("commons-httpclient", "commons-httpclient"),
    ("commons-io", "commons-io"),
    ("commons-lang", "commons-lang"),
    ("commons-logging", "commons-logging"),
    ("commons-net", "commons-net"),
    ("commons-pool", "commons-pool"),
    ("commons-validator", "commons-validator"),
    ("io.airlift", "airline"),
    ("io.dropwizard.metrics", "metrics-core metrics-jvm metrics-logback"),
    ("io.grpc", "grpc-core grpc-api grpc-netty grpc-netty-shaded grpc-protobuf grpc-stub grpc-context grpc-okhttp"),
    ("io.jsonwebtoken", "jjwt jjwt-api jjwt-impl"),
    ("io.lettuce", "lettuce-core"),
    ("io.micrometer", "micrometer-core micrometer-observation micrometer-commons"),
    (
      "io.netty",
      "netty-all netty-buffer netty-codec netty-codec-dns netty-codec-http netty-codec-http2 "
        + "netty-codec-socks netty-common netty-handler netty-handler-proxy netty-resolver "
        + "netty-resolver-dns netty-transport netty-transport-native-epoll "
        + "netty-transport-native-unix-common netty-tcnative-classes netty-tcnative-boringssl-static"
    ),
    ("io.projectreactor", "reactor-core"),
    ("io.projectreactor.netty", "reactor-netty-core reactor-netty-http"),
    ("io.undertow", "undertow-core undertow-servlet"),
    ("io.vertx", "vertx-core vertx-web"),
    ("jakarta.annotation", "jakarta.annotation-api"),
    ("jakarta.servlet", "jakarta.servlet-api"),
    ("javax.annotation", "javax.annotation-api"),
    ("javax.inject", "javax.inject"),
    ("javax.servlet", "javax.servlet-api"),
    ("joda-time", "joda-time"),
    ("junit", "junit"),
    ("log4j", "log4j"),
    ("mysql", "mysql-connector-java"),
    ("net.bytebuddy", "byte-buddy byte-buddy-agent"),
    ("net.java.dev.jna", "jna jna-platform"),
    ("net.jpountz.lz4", "lz4"),
    ("net.minidev", "json-smart accessors-smart"),
    ("ognl", "ognl"),
    ("org.antlr", "antlr-runtime antlr4-runtime ST4 stringtemplate"),
    ("org.apache.activemq", "activemq-client activemq-broker activemq-all"),
    ("org.apache.ant", "ant ant-launcher"),
    ("org.apache.avro", "avro"),
    (
      "org.apache.commons",
      "commons-collections4 commons-compress commons-configuration2 commons-csv commons-dbcp2 "
        + "commons-email commons-exec commons-lang3 commons-math3 commons-pool2 commons-text "
        + "commons-jexl3 commons-jxpath commons-fileupload2-core"
    ),
    ("org.apache.groovy", "groovy-json groovy-xml"),
    ("org.apache.httpcomponents", "httpclient httpcore httpmime httpasyncclient httpcore-nio fluent-hc"),
    ("org.apache.httpcomponents.client5", "httpclient5"),
    ("org.apache.httpcomponents.core5", "httpcore5 httpcore5-h2"),
    ("org.apache.kafka", "kafka-clients kafka-streams kafka_2.13 kafka_2.12"),
    (
      "org.apache.logging.log4j",
      "log4j-api log4j-core log4j-slf4j-impl log4j-slf4j2-impl log4j-1.2-api log4j-jul log4j-jcl "
        + "log4j-web log4j-to-slf4j"
    ),
    ("org.apache.lucene", "lucene-core lucene-queryparser lucene-analyzers-common"),
    ("org.apache.pdfbox", "pdfbox fontbox"),
    ("org.apache.poi", "poi poi-ooxml poi-scratchpad poi-ooxml-schemas"),
    ("org.apache.shiro", "shiro-core shiro-web shiro-spring shiro-all"),
    ("org.apache.struts", "struts2-core struts2-spring-plugin struts-core"),
    ("org.apache.thrift", "libthrift"),
    ("org.apache.tika", "tika-core tika-parsers"),
    ("org.apache.tomcat", "tomcat-catalina tomcat-coyote tomcat-juli tomcat-annotations-api tomcat-jdbc tomcat-util"),
    ("org.apache.tomcat.embed", "tomcat-embed-core tomcat-embed-el tomcat-embed-websocket tomcat-embed-jasper"),
    ("org.apache.velocity", "velocity-engine-core velocity"),
    ("org.apache.xmlgraphics", "batik-all fop"),
    ("org.apache.zookeeper", "zookeeper zookeeper-jute"),
    ("org.aspectj", "aspectjweaver aspectjrt"),
    (
      "org.bouncycastle",
      "bcprov-jdk15on bcpkix-jdk15on bcutil-jdk15on bcprov-jdk18on bcpkix-jdk18on bcutil-jdk18on "
        + "bcpg-jdk15on bcpg-jdk18on bcprov-jdk14 bcprov-jdk15to18"
    ),
    ("org.checkerframework", "checker-qual"),
    ("org.codehaus.groovy", "groovy groovy-all"),
    ("org.codehaus.jackson", "jackson-core-asl jackson-mapper-asl"),
    ("org.codehaus.jettison", "jettison"),
    ("org.dom4j", "dom4j"),
    ("org.eclipse.jdt", "ecj"),
    (
      "org.eclipse.jetty",
      "jetty-server jetty-servlet jetty-servlets jetty-util jetty-http jetty-io jetty-client "
        + "jetty-security jetty-webapp jetty-xml jetty-continuation"
    ),
    ("org.flywaydb", "flyway-core"),
    ("org.freemarker", "freemarker"),
    ("org.glassfish.jersey.core", "jersey-common jersey-client jersey-server"),
    ("org.hdrhistogram", "HdrHistogram"),
    ("org.hibernate", "hibernate-core hibernate-entitymanager hibernate-commons-annotations"),
    ("org.hibernate.orm", "hibernate-orm-core"),
    ("org.hibernate.validator", "hibernate-validator"),
    ("org.infinispan", "infinispan-core"),
    ("org.javassist", "javassist"),
    ("org.jctools", "jctools-core"),
    ("org.jdom", "jdom2 jdom"),
    ("org.jetbrains", "annotations"),
    (
      "org.jetbrains.kotlin",
      "kotlin-stdlib kotlin-stdlib-common kotlin-stdlib-jdk7 kotlin-stdlib-jdk8 kotlin-reflect"
    ),
    ("org.jetbrains.kotlinx", "kotlinx-coroutines-core kotlinx-coroutines-core-jvm"),
    ("org.json", "json"),
    ("org.jsoup", "jsoup"),
    ("org.keycloak", "keycloak-core keycloak-services"),
    ("org.liquibase", "liquibase-core"),
    ("org.lz4", "lz4-java"),
    ("org.mariadb.jdbc", "mariadb-java-client"),
    ("org.mongodb", "mongodb-driver-sync mongodb-driver-core mongo-java-driver bson"),
    ("org.mozilla", "rhino"),
    ("org.mybatis", "mybatis mybatis-spring"),
    ("org.ow2.asm", "asm asm-tree asm-analysis asm-commons asm-util"),
    ("org.postgresql", "postgresql"),
    ("org.projectlombok", "lombok"),
    ("org.quartz-scheduler", "quartz"),
    ("org.reactivestreams", "reactive-streams"),
    ("org.scala-lang", "scala-library scala-reflect scala-compiler"),
    (
      "org.slf4j",
      "slf4j-api slf4j-simple slf4j-log4j12 slf4j-reload4j slf4j-jdk14 slf4j-nop jcl-over-slf4j "
        + "jul-to-slf4j log4j-over-slf4j"
    ),
    (
      "org.springframework",
      "spring-aop spring-aspects spring-beans spring-context spring-context-indexer "
        + "spring-context-support spring-core spring-expression spring-instrument spring-jcl "
        + "spring-jdbc spring-jms spring-messaging spring-orm spring-oxm spring-r2dbc spring-test "
        + "spring-tx spring-web spring-webflux spring-webmvc spring-websocket"
    ),
    ("org.thymeleaf", "thymeleaf thymeleaf-spring5 thymeleaf-spring6"),
    ("org.wildfly.security", "wildfly-elytron"),
    ("org.xerial", "sqlite-jdbc"),
    ("org.xerial.snappy", "snappy-java"),
    ("org.yaml", "snakeyaml"),
    ("redis.clients", "jedis"),
    ("xalan", "xalan serializer"),
    ("xerces", "xercesImpl"),
    ("xml-apis", "xml-apis"),
  ]
}
