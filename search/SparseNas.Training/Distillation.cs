using SparseNas.Networks;

namespace SparseNas.Training;

/// <summary>
/// Learning from a larger network's answers beside the labels (Hinton et al. 2015):
/// loss = (1 − Weight) · cross-entropy(labels) + Weight · T² · cross-entropy(softmax(teacher / T), softmax(logits / T)).
/// The teacher sees each training image once, unchanged, before the first epoch.
/// </summary>
/// <param name="Teacher">A trained network with the same input shape and classes.</param>
/// <param name="Temperature">T, at least 1: softer answers tell more about the classes that were not chosen.</param>
/// <param name="Weight">Share of the teacher in the loss, 0 to 1.</param>
public sealed record Distillation(Network Teacher, float Temperature = 4, float Weight = 0.7f)
{
    /// <summary>Every broken law.</summary>
    internal IEnumerable<string> Problems(Architecture student)
    {
        Architecture teacher = Teacher.Architecture;
        if (teacher.Input != student.Input) yield return $"distillation: the teacher takes {teacher.Input}, but the network {student.Input}";
        if (teacher.Classes != student.Classes) yield return $"distillation: the teacher has {teacher.Classes} classes, but the network {student.Classes}";
        if (!(Temperature is >= 1 and <= 100)) yield return $"distillation: 1 <= temperature <= 100 must hold, but got {Temperature}";
        if (!(Weight is >= 0 and <= 1)) yield return $"distillation: 0 <= weight <= 1 must hold, but got {Weight}";
    }
}
