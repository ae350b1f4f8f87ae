using System.Runtime.CompilerServices;
using SparseNas.Simulator.Heap;

namespace SparseNas.Simulator.Execution;

/// <summary>
/// The dispatch loop. One long switch on purpose: operands live in raw 64-bit slots, nothing is allocated per instruction, and the
/// compiler turns it into one jump table. Everything that is not arithmetic calls a method of the other parts.
/// </summary>
internal sealed unsafe partial class Interpreter
{
    private void Loop(int baseDepth)
    {
        Frame* frame = _frame;
        Instruction* pc = frame->Pc;
        long* fp = frame->Fp;
        byte* memory = _memory;
        long* statics = _statics;
        long* fuel = _fuel;
        while (true)
        {
            Instruction* i = pc++;
            switch (i->Op)
            {
                case Op.Block:
                    i->Imm++;
                    if ((*fuel -= i->A) >= 0) break;
                    frame->Pc = i;
                    OutOfFuel();
                    break;
                case Op.Mov: fp[i->D] = fp[i->A]; break;
                case Op.Ldc: fp[i->D] = i->Imm; break;
                case Op.AddI4: *(int*)(fp + i->D) = *(int*)(fp + i->A) + *(int*)(fp + i->B); break;
                case Op.AddI4I: *(int*)(fp + i->D) = *(int*)(fp + i->A) + (int)i->Imm; break;
                case Op.SubI4: *(int*)(fp + i->D) = *(int*)(fp + i->A) - *(int*)(fp + i->B); break;
                case Op.MulI4: *(int*)(fp + i->D) = *(int*)(fp + i->A) * *(int*)(fp + i->B); break;
                case Op.MulI4I: *(int*)(fp + i->D) = *(int*)(fp + i->A) * (int)i->Imm; break;
                case Op.MulAddI4I: *(int*)(fp + i->D) = *(int*)(fp + i->A) + (*(int*)(fp + i->B) * (int)i->Imm); break;
                case Op.AndI4: *(int*)(fp + i->D) = *(int*)(fp + i->A) & *(int*)(fp + i->B); break;
                case Op.AndI4I: *(int*)(fp + i->D) = *(int*)(fp + i->A) & (int)i->Imm; break;
                case Op.OrI4: *(int*)(fp + i->D) = *(int*)(fp + i->A) | *(int*)(fp + i->B); break;
                case Op.OrI4I: *(int*)(fp + i->D) = *(int*)(fp + i->A) | (int)i->Imm; break;
                case Op.XorI4: *(int*)(fp + i->D) = *(int*)(fp + i->A) ^ *(int*)(fp + i->B); break;
                case Op.XorI4I: *(int*)(fp + i->D) = *(int*)(fp + i->A) ^ (int)i->Imm; break;
                case Op.ShlI4: *(int*)(fp + i->D) = ShiftLeft(*(int*)(fp + i->A), *(int*)(fp + i->B)); break;
                case Op.ShlI4I: *(int*)(fp + i->D) = ShiftLeft(*(int*)(fp + i->A), (int)i->Imm); break;
                case Op.ShrI4: *(int*)(fp + i->D) = ShiftRight(*(int*)(fp + i->A), *(int*)(fp + i->B)); break;
                case Op.ShrI4I: *(int*)(fp + i->D) = ShiftRight(*(int*)(fp + i->A), (int)i->Imm); break;
                case Op.ShrUnI4: *(int*)(fp + i->D) = ShiftRightUnsigned(*(int*)(fp + i->A), *(int*)(fp + i->B)); break;
                case Op.ShrUnI4I: *(int*)(fp + i->D) = ShiftRightUnsigned(*(int*)(fp + i->A), (int)i->Imm); break;
                case Op.NegI4: *(int*)(fp + i->D) = -*(int*)(fp + i->A); break;
                case Op.NotI4: *(int*)(fp + i->D) = ~*(int*)(fp + i->A); break;
                case Op.AddI8: fp[i->D] = fp[i->A] + fp[i->B]; break;
                case Op.AddI8I: fp[i->D] = fp[i->A] + i->Imm; break;
                case Op.SubI8: fp[i->D] = fp[i->A] - fp[i->B]; break;
                case Op.MulI8: fp[i->D] = fp[i->A] * fp[i->B]; break;
                case Op.MulI8I: fp[i->D] = fp[i->A] * i->Imm; break;
                case Op.AndI8: fp[i->D] = fp[i->A] & fp[i->B]; break;
                case Op.OrI8: fp[i->D] = fp[i->A] | fp[i->B]; break;
                case Op.XorI8: fp[i->D] = fp[i->A] ^ fp[i->B]; break;
                case Op.ShlI8: fp[i->D] = ShiftLeft(fp[i->A], *(int*)(fp + i->B)); break;
                case Op.ShlI8I: fp[i->D] = ShiftLeft(fp[i->A], (int)i->Imm); break;
                case Op.ShrI8: fp[i->D] = ShiftRight(fp[i->A], *(int*)(fp + i->B)); break;
                case Op.ShrI8I: fp[i->D] = ShiftRight(fp[i->A], (int)i->Imm); break;
                case Op.ShrUnI8: fp[i->D] = ShiftRightUnsigned(fp[i->A], *(int*)(fp + i->B)); break;
                case Op.ShrUnI8I: fp[i->D] = ShiftRightUnsigned(fp[i->A], (int)i->Imm); break;
                case Op.NegI8: fp[i->D] = -fp[i->A]; break;
                case Op.NotI8: fp[i->D] = ~fp[i->A]; break;
                case Op.ConvI1: *(int*)(fp + i->D) = (sbyte)fp[i->A]; break;
                case Op.ConvU1: *(int*)(fp + i->D) = (byte)fp[i->A]; break;
                case Op.ConvI2: *(int*)(fp + i->D) = (short)fp[i->A]; break;
                case Op.ConvU2: *(int*)(fp + i->D) = (ushort)fp[i->A]; break;
                case Op.SignExtend: fp[i->D] = *(int*)(fp + i->A); break;
                case Op.ZeroExtend: fp[i->D] = *(uint*)(fp + i->A); break;
                case Op.CmpI4: *(int*)(fp + i->D) = Holds((Condition)i->Imm, *(int*)(fp + i->A), *(int*)(fp + i->B)) ? 1 : 0; break;
                case Op.CmpI8: *(int*)(fp + i->D) = Holds((Condition)i->Imm, fp[i->A], fp[i->B]) ? 1 : 0; break;
                case Op.CmpR4: *(int*)(fp + i->D) = HoldsOrder((Condition)i->Imm, Order(*(float*)(fp + i->A), *(float*)(fp + i->B))) ? 1 : 0; break;
                case Op.CmpR8: *(int*)(fp + i->D) = HoldsOrder((Condition)i->Imm, Order(*(double*)(fp + i->A), *(double*)(fp + i->B))) ? 1 : 0; break;
                case Op.CmpRef: *(int*)(fp + i->D) = HoldsOrder((Condition)i->Imm, OrderReferences(*(int*)(fp + i->A), *(int*)(fp + i->B))) ? 1 : 0; break;
                case Op.Br: pc = i + i->Jump; goto EnterBlock;
                case Op.BrTrue: pc = *(int*)(fp + i->A) != 0 ? i + i->Jump : pc; goto EnterBlock;
                case Op.BrFalse: pc = *(int*)(fp + i->A) == 0 ? i + i->Jump : pc; goto EnterBlock;
                case Op.BrTrueI8: pc = fp[i->A] != 0 ? i + i->Jump : pc; goto EnterBlock;
                case Op.BrFalseI8: pc = fp[i->A] == 0 ? i + i->Jump : pc; goto EnterBlock;
                case Op.BeqI4: pc = *(int*)(fp + i->A) == *(int*)(fp + i->B) ? i + i->Jump : pc; goto EnterBlock;
                case Op.BneI4: pc = *(int*)(fp + i->A) != *(int*)(fp + i->B) ? i + i->Jump : pc; goto EnterBlock;
                case Op.BltI4: pc = *(int*)(fp + i->A) < *(int*)(fp + i->B) ? i + i->Jump : pc; goto EnterBlock;
                case Op.BleI4: pc = *(int*)(fp + i->A) <= *(int*)(fp + i->B) ? i + i->Jump : pc; goto EnterBlock;
                case Op.BgtI4: pc = *(int*)(fp + i->A) > *(int*)(fp + i->B) ? i + i->Jump : pc; goto EnterBlock;
                case Op.BgeI4: pc = *(int*)(fp + i->A) >= *(int*)(fp + i->B) ? i + i->Jump : pc; goto EnterBlock;
                case Op.BltUnI4: pc = *(uint*)(fp + i->A) < *(uint*)(fp + i->B) ? i + i->Jump : pc; goto EnterBlock;
                case Op.BleUnI4: pc = *(uint*)(fp + i->A) <= *(uint*)(fp + i->B) ? i + i->Jump : pc; goto EnterBlock;
                case Op.BgtUnI4: pc = *(uint*)(fp + i->A) > *(uint*)(fp + i->B) ? i + i->Jump : pc; goto EnterBlock;
                case Op.BgeUnI4: pc = *(uint*)(fp + i->A) >= *(uint*)(fp + i->B) ? i + i->Jump : pc; goto EnterBlock;
                case Op.BeqI4I: pc = *(int*)(fp + i->A) == i->Imm32 ? i + i->Jump : pc; goto EnterBlock;
                case Op.BneI4I: pc = *(int*)(fp + i->A) != i->Imm32 ? i + i->Jump : pc; goto EnterBlock;
                case Op.BltI4I: pc = *(int*)(fp + i->A) < i->Imm32 ? i + i->Jump : pc; goto EnterBlock;
                case Op.BleI4I: pc = *(int*)(fp + i->A) <= i->Imm32 ? i + i->Jump : pc; goto EnterBlock;
                case Op.BgtI4I: pc = *(int*)(fp + i->A) > i->Imm32 ? i + i->Jump : pc; goto EnterBlock;
                case Op.BgeI4I: pc = *(int*)(fp + i->A) >= i->Imm32 ? i + i->Jump : pc; goto EnterBlock;
                case Op.BltUnI4I: pc = *(uint*)(fp + i->A) < (uint)i->Imm32 ? i + i->Jump : pc; goto EnterBlock;
                case Op.BleUnI4I: pc = *(uint*)(fp + i->A) <= (uint)i->Imm32 ? i + i->Jump : pc; goto EnterBlock;
                case Op.BgtUnI4I: pc = *(uint*)(fp + i->A) > (uint)i->Imm32 ? i + i->Jump : pc; goto EnterBlock;
                case Op.BgeUnI4I: pc = *(uint*)(fp + i->A) >= (uint)i->Imm32 ? i + i->Jump : pc; goto EnterBlock;
                case Op.BeqI8 or Op.BneI8 or Op.BltI8 or Op.BleI8 or Op.BgtI8 or Op.BgeI8 or Op.BltUnI8 or Op.BleUnI8 or Op.BgtUnI8 or Op.BgeUnI8:
                    pc = Holds((Condition)(i->Op - Op.BeqI8), fp[i->A], fp[i->B]) ? i + i->Jump : pc;
                    goto EnterBlock;
                case Op.Switch:
                    int[] table = _codes[frame->Depth].SwitchTables[(int)i->Imm];
                    uint which = *(uint*)(fp + i->A);
                    pc = i + table[which < (uint)table.Length - 1 ? which : table.Length - 1];
                    goto EnterBlock;
                case Op.LdElemI1:
                    {
                        int array = *(int*)(fp + i->A), index = *(int*)(fp + i->B);
                        if (*(ushort*)(memory + array) != ArrayTag.I1 || (uint)index >= *(uint*)(memory + array + HeapLayout.ArrayLengthOffset)) goto SlowElement;
                        *(int*)(fp + i->D) = *(sbyte*)(memory + array + HeapLayout.ArrayHeaderBytes + index);
                        break;
                    }

                case Op.LdElemU1:
                    {
                        int array = *(int*)(fp + i->A), index = *(int*)(fp + i->B);
                        if (*(ushort*)(memory + array) != ArrayTag.U1 || (uint)index >= *(uint*)(memory + array + HeapLayout.ArrayLengthOffset)) goto SlowElement;
                        *(int*)(fp + i->D) = *(memory + array + HeapLayout.ArrayHeaderBytes + index);
                        break;
                    }

                case Op.LdElem4:
                    {
                        int array = *(int*)(fp + i->A), index = *(int*)(fp + i->B);
                        if (*(ushort*)(memory + array) != ArrayTag.W4 || (uint)index >= *(uint*)(memory + array + HeapLayout.ArrayLengthOffset)) goto SlowElement;
                        *(int*)(fp + i->D) = *(int*)(memory + array + HeapLayout.ArrayHeaderBytes + (4 * index));
                        break;
                    }

                case Op.LdElemI2 or Op.LdElemU2 or Op.LdElem8: goto SlowElement;
                case Op.StElem1:
                    {
                        int array = *(int*)(fp + i->A), index = *(int*)(fp + i->B);
                        if ((*(ushort*)(memory + array) & ~ArrayTag.SignBit) != ArrayTag.I1 || (uint)index >= *(uint*)(memory + array + HeapLayout.ArrayLengthOffset)) goto SlowElement;
                        *(memory + array + HeapLayout.ArrayHeaderBytes + index) = (byte)fp[i->D];
                        break;
                    }

                case Op.StElem4:
                    {
                        int array = *(int*)(fp + i->A), index = *(int*)(fp + i->B);
                        if (*(ushort*)(memory + array) != ArrayTag.W4 || (uint)index >= *(uint*)(memory + array + HeapLayout.ArrayLengthOffset)) goto SlowElement;
                        *(int*)(memory + array + HeapLayout.ArrayHeaderBytes + (4 * index)) = *(int*)(fp + i->D);
                        break;
                    }

                case Op.StElem2 or Op.StElem8: goto SlowElement;
                case Op.LdSFld: fp[i->D] = statics[i->Imm]; break;
                case Op.StSFld: statics[i->Imm] = fp[i->A]; break;
                case Op.LdFld:
                    {
                        int target = *(int*)(fp + i->A);
                        if (target == 0 || *(int*)(memory + target + 4) != i->Jump || memory[target] > (byte)BlockKind.Struct)
                        {
                            frame->Pc = i;
                            CheckObject(target, i->Jump);
                        }

                        fp[i->D] = *(long*)(memory + target + HeapLayout.FirstFieldOffset + (HeapLayout.BlockBytes * i->Imm32));
                        break;
                    }

                case Op.StFld:
                    {
                        int target = *(int*)(fp + i->A);
                        if (target == 0 || *(int*)(memory + target + 4) != i->Jump || memory[target] > (byte)BlockKind.Struct)
                        {
                            frame->Pc = i;
                            CheckObject(target, i->Jump);
                        }

                        *(long*)(memory + target + HeapLayout.FirstFieldOffset + (HeapLayout.BlockBytes * i->Imm32)) = fp[i->B];
                        break;
                    }

                case Op.Call:
                    frame->Pc = i;
                    EnterMethod(_types.Methods[i->Jump], fp + i->A, i);
                    goto Reload;
                case Op.CallVirt:
                    frame->Pc = i;
                    CallVirtual(i, fp);
                    goto Reload;
                case Op.NewObj:
                    frame->Pc = i;
                    NewObject(i, fp);
                    goto Reload;
                case Op.CallDelegate:
                    frame->Pc = i;
                    CallDelegate(i, fp);
                    goto Reload;
                case Op.Ret or Op.RetValue:
                    frame->Pc = i;
                    if (LeaveMethod(i, fp, baseDepth)) return;
                    goto Reload;
                case Op.Leave or Op.EndFinally or Op.EndFilter:
                    frame->Pc = i;
                    if (LeaveBlock(i, fp, baseDepth)) return;
                    goto Reload;
                default:
                    frame->Pc = i;
                    if (i->Op <= Op.R8ToI8) Calculate(i, fp);
                    else OnObjects(i, fp);
                    break;
            }

            continue;

        EnterBlock:
            pc->Imm++;
            if ((*fuel -= pc->A) < 0)
            {
                frame->Pc = pc;
                OutOfFuel();
            }

            pc++;
            continue;

        SlowElement:
            frame->Pc = i;
            AccessElement(i, fp);
            continue;

        Reload:
            frame = _frame;
            pc = frame->Pc;
            fp = frame->Fp;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int ShiftLeft(int value, int count) => (uint)(byte)count > 31 ? 0 : value << count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int ShiftRight(int value, int count) => value >> Math.Min((int)(byte)count, 31);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int ShiftRightUnsigned(int value, int count) => (uint)(byte)count > 31 ? 0 : value >>> count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long ShiftLeft(long value, int count) => (uint)(byte)count > 63 ? 0 : value << count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long ShiftRight(long value, int count) => value >> Math.Min((int)(byte)count, 63);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long ShiftRightUnsigned(long value, int count) => (uint)(byte)count > 63 ? 0 : value >>> count;
}
