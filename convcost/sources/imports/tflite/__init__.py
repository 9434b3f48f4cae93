"""TensorFlow Lite files as networks: their flatbuffers, and their operators read one by one."""
