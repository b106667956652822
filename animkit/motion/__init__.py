"""Clips of motion without networks: files, kinematics, mirrors, retargeting, feet, interpolation and drawing."""
