using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using SparseNas.Simulator.Loading;

namespace SparseNas.Simulator.Execution;

/// <summary>
/// The stack depth that the metadata processor writes into the image; the device sizes frames by it, so its simplifications are kept:
/// depths are remembered at branch targets only, and some instructions reset the depth to zero (CodeWriter.CalculateStackSize).
/// </summary>
internal static class DeviceStackSize
{
    public static int Of(TypeSystem types, DeviceMethod method, IlInstruction[] instructions)
    {
        Dictionary<int, int> atTarget = [];
        int size = 0, largest = 0;
        foreach (IlInstruction il in instructions)
        {
            if (atTarget.TryGetValue(il.Offset, out int known)) size = known;
            OpCode code = IlOpcodes.All[il.Opcode]!.Value;
            if (il.Name is "throw" or "endfinally" or "endfilter" or "leave.s" or "br.s" or "leave")
            {
                size = 0;
                continue;
            }

            if (il.Name is "newobj" or "call" or "callvirt")
            {
                DeviceMethod callee = types.ResolveMethod(method.Assembly!, (EntityHandle)MetadataTokens.Handle((int)il.Operand));
                bool isNew = il.Name == "newobj";
                size -= callee.Arguments.Count - (isNew ? 1 : 0);
                if (!isNew && callee.Result.Storage != Storage.Void) size++;
            }

            size += Pushes(code.StackBehaviourPush) - Pops(code.StackBehaviourPop);
            if (code.OperandType is OperandType.ShortInlineBrTarget or OperandType.InlineBrTarget)
            {
                int target = il.Targets![0];
                atTarget[target] = Math.Max(atTarget.GetValueOrDefault(target), size);
            }

            largest = Math.Max(largest, size);
        }

        return (byte)largest;
    }

    private static int Pushes(StackBehaviour behaviour) => behaviour switch
    {
        StackBehaviour.Push1 or StackBehaviour.Pushi or StackBehaviour.Pushi8 or StackBehaviour.Pushr4 or StackBehaviour.Pushr8 or StackBehaviour.Pushref => 1,
        StackBehaviour.Push1_push1 => 2,
        _ => 0,
    };

    private static int Pops(StackBehaviour behaviour) => behaviour switch
    {
        StackBehaviour.Pop1 or StackBehaviour.Popi or StackBehaviour.Popref => 1,
        StackBehaviour.Pop1_pop1 or StackBehaviour.Popi_pop1 or StackBehaviour.Popi_popi or StackBehaviour.Popi_popi8 or StackBehaviour.Popi_popr4
            or StackBehaviour.Popi_popr8 or StackBehaviour.Popref_pop1 or StackBehaviour.Popref_popi => 2,
        StackBehaviour.Popi_popi_popi or StackBehaviour.Popref_popi_popi or StackBehaviour.Popref_popi_popi8 or StackBehaviour.Popref_popi_popr4
            or StackBehaviour.Popref_popi_popr8 or StackBehaviour.Popref_popi_popref or StackBehaviour.Popref_popi_pop1 => 3,
        _ => 0,
    };
}
