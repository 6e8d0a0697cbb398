#pragma once

#include <librdkafka/rdkafka.h>

#include <memory>

/// The library's objects, each destroyed by its own function.
namespace tinybook::storage::kafka {

template <auto Free>
struct freed_by {
  template <class T>
  void operator()(T* p) const {
    Free(p);
  }
};
template <class T, auto Free>
using owned = std::unique_ptr<T, freed_by<Free>>;

using new_topic_ptr = owned<rd_kafka_NewTopic_t, rd_kafka_NewTopic_destroy>;
using options_ptr = owned<rd_kafka_AdminOptions_t, rd_kafka_AdminOptions_destroy>;
using queue_ptr = owned<rd_kafka_queue_t, rd_kafka_queue_destroy>;
using event_ptr = owned<rd_kafka_event_t, rd_kafka_event_destroy>;
using topic_ptr = owned<rd_kafka_topic_t, rd_kafka_topic_destroy>;
using partitions_ptr =
    owned<rd_kafka_topic_partition_list_t, rd_kafka_topic_partition_list_destroy>;
using records_ptr = owned<rd_kafka_DeleteRecords_t, rd_kafka_DeleteRecords_destroy>;
using metadata_ptr = owned<const rd_kafka_metadata_t, rd_kafka_metadata_destroy>;

} // namespace tinybook::storage::kafka
