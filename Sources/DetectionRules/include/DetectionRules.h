#ifndef BARTIZAN_DETECTION_RULES_H
#define BARTIZAN_DETECTION_RULES_H
#include <stddef.h>

/// Number of rule files.
size_t bartizan_rule_count(void);
/// The name of a rule file, and its text.
const char *bartizan_rule_name(size_t index);
const unsigned char *bartizan_rule_text(size_t index);
size_t bartizan_rule_size(size_t index);

#endif
