package import Server

/// What this process measures. Names follow Prometheus' conventions.
package enum Measures {
  private static let seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

  package static let build = Metrics.Measure(
    "bartizan_build_info", .gauge, "The version of this program; always 1.")
  package static let requests = Metrics.Measure(
    "bartizan_http_requests", .counter, "Requests answered, by listener and status.")
  package static let duration = Metrics.Measure(
    "bartizan_http_request_duration_seconds", .histogram(seconds),
    "Time from the head of a request to its answer, by listener.")
  package static let connections = Metrics.Measure(
    "bartizan_http_connections", .gauge, "Open connections, by listener.")
  package static let reviews = Metrics.Measure(
    "bartizan_admission_reviews", .counter,
    "Admission reviews answered, by profile, phase and outcome: allowed, denied, invalid, late.")
  package static let violations = Metrics.Measure(
    "bartizan_admission_violations", .counter,
    "Violations of policies in reviews that were no dry run, by the strongest action of the binding.")
  package static let notEvaluated = Metrics.Measure(
    "bartizan_admission_not_evaluated", .counter, "Reviews for which a policy could not be asked, by policy.")
  package static let exempt = Metrics.Measure(
    "bartizan_admission_exempt", .counter, "Reviews for which a policy was not asked because of an exemption.")
  package static let images = Metrics.Measure(
    "bartizan_admission_images", .counter,
    "Images of requests that were no dry run, by what is known of their signatures, and whence it is known.")
  package static let imageDrift = Metrics.Measure(
    "bartizan_admission_image_drift", .counter, "Images that had been verified before, and no longer are.")
  package static let limited = Metrics.Measure(
    "bartizan_admission_limited", .counter, "Anonymous reviews refused because there were too many of them.")
  package static let decisionsDropped = Metrics.Measure(
    "bartizan_admission_decisions_dropped", .counter, "Decisions that could not be written to the store of events.")
  package static let policies = Metrics.Measure(
    "bartizan_admission_policies", .gauge, "Policies in force, by profile.")
  package static let loaded = Metrics.Measure(
    "bartizan_admission_loaded_timestamp_seconds", .gauge, "When policies and cluster were last read.")
  package static let loadFailures = Metrics.Measure(
    "bartizan_admission_load_failures", .counter, "Times that policies or cluster could not be read anew.")
  package static let certificateExpiry = Metrics.Measure(
    "bartizan_tls_certificate_expiry_timestamp_seconds", .gauge,
    "When the certificate of a listener expires, by listener.")

  // MARK: Events

  private static let lags = [0.1, 0.5, 1, 5, 15, 60, 300, 900, 3_600, 21_600, 86_400]

  package static let events = Metrics.Measure(
    "bartizan_ingest_events", .counter, "Events stored, by protocol.")
  package static let repeatedEvents = Metrics.Measure(
    "bartizan_ingest_repeated_events", .counter, "Events that had been stored before, by protocol.")
  package static let eventBytes = Metrics.Measure(
    "bartizan_ingest_bytes", .counter, "Bytes of events that were taken, decompressed, by protocol.")
  package static let refusedEvents = Metrics.Measure(
    "bartizan_ingest_refused_events", .counter,
    "Events that were not stored, by protocol and reason: busy, full, failed. Their senders were told to try again.")
  package static let refusedRequests = Metrics.Measure(
    "bartizan_ingest_refused_requests", .counter, "Requests of senders that were refused, by protocol and reason.")
  package static let refusedFrames = Metrics.Measure(
    "bartizan_ingest_refused_frames", .counter,
    "Connections, messages and datagrams of Fluent Forward and syslog that were not taken, by protocol and reason.")
  package static let partedMessages = Metrics.Measure(
    "bartizan_ingest_parted_messages", .counter,
    "Messages that were too long, or did not end, and are kept in parts, by protocol.")
  package static let lostMessages = Metrics.Measure(
    "bartizan_ingest_lost_messages", .counter,
    "Messages without acknowledgement that could not be stored before the end, by protocol.")
  package static let streams = Metrics.Measure(
    "bartizan_ingest_connections", .gauge, "Open connections of Fluent Forward and syslog, by listener.")
  package static let heldBytes = Metrics.Measure(
    "bartizan_ingest_held_bytes", .gauge, "Bytes of messages that have not been stored yet, by listener.")
  package static let queuedDatagrams = Metrics.Measure(
    "bartizan_ingest_queued_datagrams", .gauge, "Datagrams that wait to be stored, by listener.")
  package static let appendDuration = Metrics.Measure(
    "bartizan_ingest_append_duration_seconds", .histogram(seconds),
    "Time from decoded events to their being durable.")
  package static let eventLag = Metrics.Measure(
    "bartizan_ingest_lag_seconds", .histogram(lags),
    "Time from what happened to its being durable, of the last event of each delivery, by protocol.")
  package static let waitingEvents = Metrics.Measure(
    "bartizan_ingest_waiting_events", .gauge, "Events that wait for the disk.")
  package static let waitingBytes = Metrics.Measure(
    "bartizan_ingest_waiting_bytes", .gauge, "Bytes of events that wait for the disk.")
  package static let openRequests = Metrics.Measure(
    "bartizan_http_requests_in_flight", .gauge, "Requests that are being answered, by listener.")
  package static let storeEvents = Metrics.Measure("bartizan_store_events", .gauge, "Events in the store.")
  package static let storePending = Metrics.Measure(
    "bartizan_store_pending_events", .gauge, "Events that are durable and not packed into a block yet.")
  package static let storeBlocks = Metrics.Measure("bartizan_store_blocks", .gauge, "Blocks in the store.")
  package static let storeBytes = Metrics.Measure(
    "bartizan_store_bytes", .gauge, "Size of the store: of the originals, and on the disk.")
  package static let storePosition = Metrics.Measure(
    "bartizan_store_last_position", .gauge, "Position of the event that was stored last.")
  package static let storeOldest = Metrics.Measure(
    "bartizan_store_oldest_timestamp_seconds", .gauge, "Start of the oldest day of which events are kept.")
  package static let storeProblems = Metrics.Measure(
    "bartizan_store_problems", .gauge, "Files of the store that cannot be read.")
  package static let storeReadFailures = Metrics.Measure(
    "bartizan_store_read_failures", .counter, "Times that the state of the store could not be read.")
  package static let storeTrouble = Metrics.Measure(
    "bartizan_store_unavailable", .gauge, "Whether the last write failed, by reason: 1 or 0.")
  package static let sourceEvents = Metrics.Measure(
    "bartizan_store_source_events", .gauge, "Packed events in the store, by dataset.")
  package static let prunedEvents = Metrics.Measure(
    "bartizan_store_pruned_events", .counter, "Events deleted by retention, by reason.")
  package static let questions = Metrics.Measure(
    "bartizan_questions", .counter, "Questions to the store that were answered, by kind and status.")

  // MARK: Detection

  package static let detectionRules = Metrics.Measure(
    "bartizan_detection_rules", .gauge, "Rules that may raise an alert.")
  package static let refusedRules = Metrics.Measure(
    "bartizan_detection_refused_rules", .gauge, "Rules that could not be read.")
  package static let detectedEvents = Metrics.Measure(
    "bartizan_detection_events", .counter, "Events that were looked at.")
  package static let detectionSeconds = Metrics.Measure(
    "bartizan_detection_seconds", .counter, "Time spent on looking at events.")
  package static let detectionPosition = Metrics.Measure(
    "bartizan_detection_position", .gauge, "Position in the store of the last event that was looked at.")
  package static let ruleMatches = Metrics.Measure(
    "bartizan_detection_rule_matches", .counter, "Events and patterns of events that a rule matched, by rule.")
  package static let ruleFired = Metrics.Measure(
    "bartizan_detection_rule_last_fired_timestamp_seconds", .gauge, "When a rule last raised a new alert, by rule.")
  package static let ruleSeconds = Metrics.Measure(
    "bartizan_detection_rule_seconds", .counter,
    "Time that the condition of a rule took, by rule, reckoned from one event in 32. The search for texts, which all rules share, is not in it."
  )
  package static let knownAt = Metrics.Measure(
    "bartizan_detection_cluster_read_timestamp_seconds", .gauge,
    "When the cluster by which alerts are weighed was last read.")
  package static let selfTests = Metrics.Measure(
    "bartizan_self_tests", .counter, "Self-tests of detection, by outcome: passed, failed.")
  package static let selfTestFailing = Metrics.Measure(
    "bartizan_self_test_failing", .gauge, "Whether the last self-test failed: 1 or 0.")
  package static let selfTestPassed = Metrics.Measure(
    "bartizan_self_test_last_passed_timestamp_seconds", .gauge, "When a self-test last passed.")
  package static let prunedAlerts = Metrics.Measure(
    "bartizan_alerts_pruned", .counter, "Alerts deleted by retention.")
  package static let sentEvents = Metrics.Measure(
    "bartizan_forward_sent_events", .counter, "Events that a destination took, by destination.")
  package static let unfitEvents = Metrics.Measure(
    "bartizan_forward_unfit_events", .counter,
    "Events that a destination will never take because of what is in them, by destination.")
  package static let alerts = Metrics.Measure(
    "bartizan_detection_alerts", .counter, "New alerts, by severity.")
  package static let suppressedAlerts = Metrics.Measure(
    "bartizan_detection_suppressed_alerts", .counter, "New alerts that a suppression keeps silent.")
  package static let throttledAlerts = Metrics.Measure(
    "bartizan_detection_throttled_alerts", .counter,
    "Alerts that were joined to one, or not kept, since their rule fired too often.")
  package static let lateMatches = Metrics.Measure(
    "bartizan_detection_late_matches", .counter,
    "Matches that came too late to be correlated, or were too many for a window.")
  package static let skippedExpressions = Metrics.Measure(
    "bartizan_detection_skipped_expressions", .counter,
    "Regular expressions that were not tried on texts too long for them.")
  package static let incidents = Metrics.Measure(
    "bartizan_detection_incidents", .counter, "New incidents.")
  package static let openIncidents = Metrics.Measure(
    "bartizan_incidents_open", .gauge, "Incidents that are not closed, by severity.")
  package static let openAlerts = Metrics.Measure(
    "bartizan_alerts_open", .gauge, "Alerts that are not closed, by severity.")
  package static let sent = Metrics.Measure(
    "bartizan_forward_sent", .counter, "Alerts and incidents that a destination took, by destination.")
  package static let failedDeliveries = Metrics.Measure(
    "bartizan_forward_failures", .counter, "Times that a destination did not take an alert or incident, by destination."
  )
  package static let deadLetters = Metrics.Measure(
    "bartizan_forward_given_up", .counter, "Alerts and incidents that were given up, by destination.")
  package static let waitingDeliveries = Metrics.Measure(
    "bartizan_forward_waiting", .gauge, "Alerts and incidents that wait to be sent, by destination.")
  package static let deadDeliveries = Metrics.Measure(
    "bartizan_forward_dead", .gauge, "Alerts and incidents that were given up and are not sent yet, by destination.")
}
