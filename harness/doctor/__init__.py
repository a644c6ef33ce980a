"""What must be in order before a run against a real organization, looked at before it starts."""

from harness.doctor.diagnosis import Diagnosis, State, diagnoses_json, diagnoses_text, is_well
from harness.doctor.examination import examine

__all__ = ["Diagnosis", "State", "diagnoses_json", "diagnoses_text", "examine", "is_well"]
